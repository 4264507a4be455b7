"""Advice for each fault: what the operator or the developer of the client does next. Base classes are the fallback."""

from __future__ import annotations

from bitting.core import faults

_ADVICE: dict[type[faults.Fault], str] = {
    faults.Fault: "Look up the request id in the server's log.",
    faults.RequestFault: "Correct the request: the operation's parameters are listed in docs/dialects.",
    faults.UnknownOperation: "Check the operation's name or URL, and that the client speaks to the right API.",
    faults.TooLarge: "Send less, or encrypt the data with a data key on the client's side.",
    faults.IdentityFault: "Check the credentials against credentials.json of the data directory.",
    faults.ClockSkewed: "Set the client's clock; 15 minutes of difference are accepted either way.",
    faults.ClockMalformed: "Send the date in the form the API documents.",
    faults.SignatureMismatch: "Check the secret, and that no proxy rewrites Host, User-Agent, path or query.",
    faults.ExpiredToken: "Get a new token.",
    faults.ProjectMismatch: "Use the project id that the token or access key belongs to.",
    faults.AccessFault: "Give the caller a policy that allows the action, or use another identity.",
    faults.AccountFault: "Change the account's state back to active.",
    faults.NotFound: "Check the id, the region, and that the caller's project holds it.",
    faults.KeyStateFault: "Describe the key to see its state; change the state first.",
    faults.KeyDisabled: "Enable the key.",
    faults.KeyPendingDeletion: "Cancel the deletion while its window is open.",
    faults.KeyPendingImport: "Import the key's material.",
    faults.KeyKindFault: "Use a key whose spec, usage and origin fit the operation.",
    faults.CryptoFault: "Check ciphertext, key, algorithm and encryption context; all must be those of the encryption.",
    faults.Conflict: "Choose another name, or delete the thing that has it.",
    faults.LimitFault: "Raise the quota or rate, or use less.",
    faults.ServerFault: "Look up the request id in the server's log; the caller learns nothing else.",
    faults.Unavailable: "See GET /readyz, which gives the reason.",
}


def next_step(kind: type[faults.Fault]) -> str:
    """The advice of the nearest class."""
    return next(_ADVICE[base] for base in kind.__mro__ if base in _ADVICE)
