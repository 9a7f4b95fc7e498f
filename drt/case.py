"""The cases of `drt.model.case`, under the name that engines plugged in from outside import."""

from drt.model.case import *  # noqa: F403
