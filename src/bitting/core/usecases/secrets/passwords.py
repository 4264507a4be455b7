"""Password generation.

::

    classes   lower | upper | digits | punctuation (| space)   minus what the caller excludes
    required  one of each class first, the rest from all, then shuffled: every position equally random
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.ports import Entropy

LENGTH_DEFAULT = 32
#: Characters that databases, shells and JSON take without quoting.
SAFE_PUNCTUATION = "!@#%^*-_=+"


@dataclass(slots=True)
class GeneratePassword:
    """``length`` in characters; the dialect has checked its own bounds."""

    length: int = LENGTH_DEFAULT
    exclude: str = ""
    lowercase: bool = True
    uppercase: bool = True
    digits: bool = True
    punctuation: bool = True
    space: bool = False
    each: bool = True


def random_below(entropy: Entropy, count: int) -> int:
    """A random number below ``count`` (at most 256), without bias."""
    limit = 256 - 256 % count
    while (byte := entropy.random(1)[0]) >= limit:
        pass
    return byte % count


def generate(entropy: Entropy, command: GeneratePassword) -> str:
    """A password. Raises ``InvalidParameter`` (exclude) if no character, or not one of each class, is left."""
    wanted = (
        (command.lowercase, string.ascii_lowercase),
        (command.uppercase, string.ascii_uppercase),
        (command.digits, string.digits),
        (command.punctuation, string.punctuation),
        (command.space, " "),
    )
    classes = ["".join(sorted(set(letters) - set(command.exclude))) for on, letters in wanted if on]
    alphabet = "".join(classes)
    if not alphabet or (command.each and (not all(classes) or len(classes) > command.length)):
        raise faults.InvalidParameter(parameter="exclude", reason="range")
    first = [letters[random_below(entropy, len(letters))] for letters in classes] if command.each else []
    chosen = first + [alphabet[random_below(entropy, len(alphabet))] for _ in range(command.length - len(first))]
    for at in range(len(chosen) - 1, 0, -1):
        other = random_below(entropy, at + 1)
        chosen[at], chosen[other] = chosen[other], chosen[at]
    return "".join(chosen)


def rotation_password(entropy: Entropy) -> str:
    """A password that any database accepts: 32 characters, a letter first, no quotes."""
    rest = "".join(sorted(set(string.punctuation) - set(SAFE_PUNCTUATION)))
    return "p" + generate(entropy, GeneratePassword(31, exclude=rest))


@use_case("random:generate")
def generate_password(context: Context, command: GeneratePassword) -> str:
    """A random password by the given rules. Raises ``InvalidParameter`` (exclude)."""
    return generate(context.gate.entropy, command)
