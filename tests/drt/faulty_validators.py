"""The faulty validators of `drt.assess.planted`, by a path for the command line."""

from drt.assess.planted.faulty_validators import *  # noqa: F403
