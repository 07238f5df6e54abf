"""The public door: which forms and addresses it takes, before anything of the newsletter's own is looked at."""

from newsletter.domain.signup.addresses import AddressFault, AddressPolicy
from newsletter.domain.signup.form_moments import FORM_LIFE, LEAST_TIME, FormMoment, Ripeness, ripeness, sign_moment
from newsletter.domain.signup.proof_of_work import CHALLENGE_LIFE, Challenge, new_challenge, solution_of, solve

__all__ = [
    "CHALLENGE_LIFE",
    "FORM_LIFE",
    "LEAST_TIME",
    "AddressFault",
    "AddressPolicy",
    "Challenge",
    "FormMoment",
    "Ripeness",
    "new_challenge",
    "ripeness",
    "sign_moment",
    "solution_of",
    "solve",
]
