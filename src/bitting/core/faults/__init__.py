"""Every way a request can fail: one class per meaning, no status, no code, no vendor word.

::

    Fault
    ├── RequestFault      the bytes could not become a call (route, body, parameters)
    ├── IdentityFault     we do not know, or do not trust, who is asking
    ├── AccessFault       we know who is asking and the answer is no
    ├── NotFound          the thing named is not there (for this caller)
    ├── KeyStateFault     the key is there, its state forbids the use
    ├── KeyKindFault      the key is there, its spec, usage or origin forbids the use
    ├── CryptoFault       the bytes given do not decrypt, verify, unwrap
    ├── Conflict          the thing is there already, or is in use
    ├── LimitFault        a quota or a rate is used up
    ├── DryRunOutcome     nothing was to happen; how it would have ended
    └── ServerFault       our side failed; the caller learns only that

A dialect's ``errors.tsv`` joins on the class name (house rule: one grep crosses all layers).
The attributes of a class are the only values an error message may show; none of them may
hold key bytes, plaintext, tokens or passwords.
"""

from __future__ import annotations

from bitting.core.faults.access import *
from bitting.core.faults.base import *
from bitting.core.faults.crypto import *
from bitting.core.faults.identity import *
from bitting.core.faults.keys import *
from bitting.core.faults.limits import *
from bitting.core.faults.request import *
from bitting.core.faults.server import *
