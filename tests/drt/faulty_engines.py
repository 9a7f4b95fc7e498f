"""The faulty engines of `drt.assess.planted`, by a path for the command line."""

from drt.assess.planted.faulty_engines import *  # noqa: F403
