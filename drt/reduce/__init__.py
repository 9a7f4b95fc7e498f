"""The reducer: a case, an order, a predicate; passes only propose.

small = reduce_case(case, interesting=shows, seconds=60)
"""

from drt.reduce.reducer import reduce_case
from drt.reduce.sizes import expression_nodes

__all__ = ["expression_nodes", "reduce_case"]
