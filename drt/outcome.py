"""The outcomes of `drt.model.outcome`, under the name that engines plugged in from outside import."""

from drt.model.outcome import *  # noqa: F403
