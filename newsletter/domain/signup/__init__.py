"""The public door: which forms and addresses it takes, before anything of the newsletter's own is looked at."""

from newsletter.domain.signup.addresses import AddressFault, AddressPolicy, read_address
from newsletter.domain.signup.form_moments import FORM_LIFE, LEAST_TIME, FormMoment, Ripeness, ripeness, sign_moment
from newsletter.domain.signup.proof_of_work import CHALLENGE_LIFE, Challenge, new_challenge, solution_of, solve
from newsletter.domain.signup.sign_ups import (
    FEED_ONLY,
    FORM_FIELDS,
    TRAP,
    SignUp,
    SignUpFaults,
    blank_form,
    is_trapped,
    read_sign_up,
    typed_form,
)

__all__ = [
    "CHALLENGE_LIFE",
    "FEED_ONLY",
    "FORM_FIELDS",
    "FORM_LIFE",
    "LEAST_TIME",
    "TRAP",
    "AddressFault",
    "AddressPolicy",
    "Challenge",
    "FormMoment",
    "Ripeness",
    "SignUp",
    "SignUpFaults",
    "blank_form",
    "is_trapped",
    "new_challenge",
    "read_address",
    "read_sign_up",
    "ripeness",
    "sign_moment",
    "solution_of",
    "solve",
    "typed_form",
]
