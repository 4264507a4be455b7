"""Each signed request is good once: what is spent, where, and for whom an exception is made.

::

    stop 3 proves a signature ──> request.proof = Proof(owner, what is spent, until, nonce?)
    pipeline ──> ReplayGuard.admit
        a change                      spent in the store: by every node, over restarts        both modes
        a change without a nonce      may be repeated within a second and a half              relaxed
        a read with a nonce           spent in memory that this machine's workers share       relaxed
        a read without a nonce        may be repeated while its date is good                  relaxed
        any                           spent in the store                                      strict

Why reads may be repeated: dates have one second, and signatures without a nonce are a function of the request. Two
threads that encrypt the same text, or ask for a data key, in the same second send the same bytes; refusing one of
them would break what works with the clouds. A repeated read changes nothing and tells whoever can send it nothing that
the first answer did not. See ADR 0012.

What is spent of a signature without a nonce is the signature (HMAC) or the digest of what it signs (RSA, whose
signatures are not unique).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from bitting.core import faults
from bitting.core.key_cache import NotResident
from bitting.core.ports import Clock, Nonces, SpentProofs
from bitting.dialects.base.operation import Operation

#: Refusals that changed nothing and that clients answer by sending the same request again.
RETRIED = (faults.Unavailable, faults.RateExceeded, faults.ConcurrencyExceeded)
#: How long a signature is remembered: dates are good for 15 minutes either way.
HELD_MS = 30 * 60_000
#: Two signatures without a nonce that arrive within this time may be two requests: dates have one second.
SAME_MS = 1500
#: Composites of several use cases that only read.
_READS = frozenset({"BatchGetSecretValue"})


@dataclass(slots=True)
class Proof:
    """What a proved request is good for once. ``until_ms``: when its date is too old in any case."""

    owner: str
    text: str
    until_ms: int
    nonce: bool
    spent: bool = False
    stored: str = ""


def changes(operation: Operation, method: str) -> bool:
    """Whether an operation may change something."""
    if operation.use is not None:
        return operation.use.writes
    return not operation.hot and method != "GET" and operation.name not in _READS


class ReplayGuard:
    """Of one process. ``shared``: what the workers of this machine share; ``store``: what every node shares."""

    def __init__(self, clock: Clock, shared: Nonces, store: SpentProofs | None = None, *, strict: bool = False) -> None:
        self._clock = clock
        self._shared = shared
        self._store = store
        self._strict = strict

    def admit(self, proof: Proof, operation: Operation, method: str, *, may_wait: bool) -> None:
        """Return the first time; asked again of the same proof (a request moved to another thread), return too.

        Raises ``NonceReused``, ``NotResident`` where the store must be asked on a thread that may not wait, and
        ``ServerFault`` if the store cannot say.
        """
        if proof.spent:
            return
        durable = self._strict or changes(operation, method)
        if not durable and not proof.nonce:
            return
        if durable and not may_wait and self._store is not None:
            raise NotResident
        now_ms = self._clock.wall_ms()
        kind = "n" if proof.nonce else "s"
        if durable and self._store is not None:
            text = f"{kind}\0{proof.owner}\0{proof.text}".encode(errors="surrogatepass")
            proof.stored = sha256(text).hexdigest()
            # Reckoned from now and not from the date, the difference of two is the time between them.
            until_ms = proof.until_ms if proof.nonce else now_ms + HELD_MS
            grace_ms = 0 if proof.nonce or self._strict else SAME_MS
            fresh = self._store.spend(proof.stored, until_ms, now_ms, grace_ms)
        else:
            fresh = self._shared.spend(f"{kind}\0{proof.owner}", proof.text, proof.until_ms, now_ms)
        if not fresh:
            proof.stored = ""
            raise faults.NonceReused
        proof.spent = True

    def release(self, proof: Proof, fault: faults.Fault) -> None:
        """Give back what a request spent that was told to come again later: its client repeats it to the letter."""
        if proof.stored and self._store is not None and isinstance(fault, RETRIED):
            self._store.forget(proof.stored)
            proof.stored, proof.spent = "", False
