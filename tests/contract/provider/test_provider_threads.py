"""Eight threads on one handle: every result is right, for every spec."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bitting.core.specs import Family, Usage

THREADS = 8


def exercise(handle, spec, number):
    """One of everything that the key can do, with values of this thread's own."""
    message = number.to_bytes(4, "big") * 20
    if spec.family.symmetric:
        for algorithm in spec.algorithms[Usage.ENCRYPT]:
            iv = bytes({"GCM": 12, "CBC": 16, "ECB": 0}[algorithm.value[4:]])
            assert (
                handle.unseal(handle.seal(message, iv=iv, algorithm=algorithm), iv=iv, algorithm=algorithm) == message
            )
    elif spec.family is Family.HMAC:
        assert handle.mac(message) == handle.mac(message) != handle.mac(message + b"\x00")
    else:
        for algorithm in spec.algorithms.get(Usage.ENCRYPT, ()):
            assert handle.decrypt(handle.encrypt(message, algorithm), algorithm) == message
        algorithm = spec.algorithms[Usage.SIGN][0]
        signature = handle.sign(message, algorithm, digest=False)
        assert handle.verify(message, signature, algorithm, digest=False)
        assert not handle.verify(message + b"\x00", signature, algorithm, digest=False)


def test_eight_threads_on_one_handle(made):
    rounds = 4 if made.spec.family is Family.RSA else 25
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [
            pool.submit(exercise, made.handle, made.spec, thread * 1000 + turn)
            for thread in range(THREADS)
            for turn in range(rounds)
        ]:
            done.result()


def test_eight_threads_make_and_open(backend, made):
    if made.spec.family is Family.RSA:
        opened = [lambda: backend.provider.open(made.spec, made.stored, backend.binding)] * 16
    else:
        opened = [
            lambda: backend.provider.open(made.spec, backend.provider.create(made.spec, b"b"), b"b"),
        ] * 32
    with ThreadPoolExecutor(THREADS) as pool:
        for handle in pool.map(lambda call: call(), opened):
            exercise(handle, made.spec, 7)
