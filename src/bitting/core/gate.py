"""The one way in.

::

    admit (account, action) -> unit of work -> find key -> resource right -> state table -> run -> audit -> commit
                                 └ hot rows: no unit of work, the key comes from the cache

1. The account may use the service at all.
2. The principal's statements allow the action somewhere, and do not deny it.
3. The key named is in the principal's ring, and in its key store instance if both are in one; outside
   nothing exists.
4. The statements, or the key's own policy, allow the action on this very key, and neither denies it.
5. The key's state allows the use (:mod:`bitting.core.key_states`).
6. Every outcome, refusals and crashes included, reaches the audit trail once, before it reaches the caller: the
   pipeline calls :meth:`Gate.conclude` when it knows the answer. ``NotResident`` is no outcome: the same use case
   runs again on a thread that may load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bitting.core import faults, replicas
from bitting.core.audit_objects import Watched, event_of, note_caller, note_use
from bitting.core.authz import decision_point
from bitting.core.authz.admission import absent_fault
from bitting.core.authz.admission import admit as admit  # noqa: PLC0414 - asked for here by dialects
from bitting.core.authz.decision_point import Authorizer
from bitting.core.authz.engine import bind, decide
from bitting.core.authz.resource_policies import SECRET_ACTIONS, PolicyCache, PolicyRequest
from bitting.core.authz.statements import authorise as authorise  # noqa: PLC0414 - asked for here by use cases
from bitting.core.authz.statements import (
    is_granted,
    is_offline,
    not_found_fault,
    placed_name,
    require,
    ring_of,
)
from bitting.core.key_cache import CachedKey, KeyCache, NotResident, View, resolve
from bitting.core.key_states import is_deleted, require_state
from bitting.core.keystore_access import SHARED, require_keystore_usable
from bitting.core.model.audit_event import AuditNote
from bitting.core.model.identity import Principal
from bitting.core.model.key import Key, KeyRef, KeyVersion
from bitting.core.model.keystore import Keystore
from bitting.core.model.service import Switches
from bitting.core.ports import (
    Attestation,
    Clock,
    Entropy,
    KeyHandle,
    KeyProvider,
    Seal,
    Store,
    Trail,
    TrailGuard,
    UnitOfWork,
    Vault,
)
from bitting.core.switches import DEFAULT, current_switches
from bitting.core.throttle import Throttle
from bitting.core.use_case import RequestContext as RequestContext  # noqa: PLC0414 - asked for here by use cases
from bitting.core.use_case import UseCase as UseCase  # noqa: PLC0414 - asked for here by use cases
from bitting.core.use_case import use_case as use_case  # noqa: PLC0414 - asked for here by use cases

C = TypeVar("C")
R = TypeVar("R")


@dataclass(slots=True)
class Context:
    """What a use case works with. ``uow`` is None in hot use cases; ``key`` is set where the row names one."""

    gate: Gate
    principal: Principal
    request_context: RequestContext
    view: View
    now_ms: int
    _uow: UnitOfWork | None = None
    _cached: CachedKey | None = None
    _key: Key | None = None
    _watched: Watched | None = None

    @property
    def uow(self) -> UnitOfWork:
        """The open transaction of a cold use case."""
        assert self._uow is not None  # noqa: S101 - a use case that asks for it is declared cold
        return self._uow

    @property
    def key(self) -> Key:
        """The key named by the command, in a state that allows this use."""
        if self._cached is not None:
            return self._cached.key
        assert self._key is not None  # noqa: S101 - a use case that asks for it declares key=
        return self._key

    @property
    def cached(self) -> CachedKey:
        """The key with its versions and handles."""
        if self._cached is None:
            versions = self.uow.of(KeyVersion).find({"key_id": self.key.id}, order="number")
            self._cached = CachedKey(self.key, versions, self.gate.cache.open_version)
        return self._cached

    def handle(self, version_id: str = "") -> KeyHandle:
        """An opened version of the key, the primary one by default."""
        cached = self.cached
        version = self.request_context.note.key_version = version_id or cached.key.primary_version
        return cached.handle(version)


class Gate:
    """Runs use cases for proved principals. Holds the ports; holds no state of its own."""

    def __init__(
        self,
        store: Store,
        cache: KeyCache,
        providers: Mapping[str, KeyProvider],
        vault: Vault,
        clock: Clock,
        entropy: Entropy,
        trail: Trail,
        region: str,
        throttle: Throttle | None = None,
        authorizer: Authorizer | None = None,
        attestation: Attestation | None = None,
        seal: Seal | None = None,
        guard: TrailGuard | None = None,
    ) -> None:
        self.store = store
        self.cache = cache
        self.providers = providers
        self.vault = vault
        self.clock = clock
        self.entropy = entropy
        self.trail = trail
        self.region = region
        self.throttle = throttle or Throttle()
        self.authorizer = authorizer
        self.attestation = attestation
        self.seal = seal
        self.guard = guard
        self._policies = PolicyCache()

    def provider_of(self, protection: str) -> KeyProvider:
        """Who makes keys of this protection level. Raises ``UnsupportedProtectionLevel`` if nobody does."""
        for provider in self.providers.values():
            if protection in provider.protection_levels:
                return provider
        raise faults.UnsupportedProtectionLevel(level=protection)

    def protection_levels(self) -> Sequence[str]:
        """The protection levels that keys can be made with here, each once."""
        return list(dict.fromkeys(level for each in self.providers.values() for level in each.protection_levels))

    def require_unsealed(self) -> None:
        """Return if the root key is there. Raises ``Unavailable`` while the server is sealed.

        What the cache holds of opened keys and credentials is forgotten then.
        """
        if self.seal is None:
            return
        status = self.seal.status()
        if status.sealed:
            self.cache.forget()
            raise faults.Unavailable(reason=f"sealed: {status.reason}")

    def run(
        self, use: UseCase[C, R], principal: Principal, command: C, request_context: RequestContext, view: View
    ) -> R:
        """Do it, or raise the fault that says why not. Durable when it returns (see the six points above)."""
        principal = self.bound(principal, request_context)
        context = Context(self, principal, request_context, view, self.clock.now_ms())
        try:
            result = self._run_hot(use, context, command) if use.hot else self._run_cold(use, context, command)
        except NotResident:
            raise
        except faults.Fault as fault:
            self._record(use, command, context, type(fault).__name__)
            raise
        except BaseException:
            self._record(use, command, context, faults.InternalFault.__name__)
            raise
        self._record(use, command, context, "ok")
        return result

    def bound(self, principal: Principal, request_context: RequestContext) -> Principal:
        """The principal with the statements whose conditions hold for this request."""
        return bind(principal, request_context.source, self.clock.now_ms(), self.region)

    def conclude(
        self,
        request_context: RequestContext,
        outcome: str,
        principal: Principal | None = None,
        status: int = 0,
        claimed: str = "",
    ) -> None:
        """Record how a request ended; does nothing for one that has its record already. Never raises.

        ``principal``: who asked, for a request that no use case saw. ``claimed``: who a caller without one said to be.
        """
        if request_context.recorded:
            return
        request_context.recorded = True
        note = request_context.note
        if principal is not None:
            note_caller(note, principal)
        self.trail.record(event_of(request_context, self.clock.now_ms(), outcome, status, claimed))

    def _run_hot(self, use: UseCase[C, R], context: Context, command: C) -> R:
        self._admit(use, context.principal, context.view)
        self._ask_decision_point(use, context, command)
        if use.key is not None:
            ref = use.key(command)
            try:
                cached = self._resident_key(context, ref)
            except faults.NotFound:
                raise absent_fault(use.action, context.principal, ref) from None
            context._cached = cached  # noqa: SLF001 - the gate fills the context it made
            self._check_key(use.action, use.states, context, cached.key, context.request_context.operation)
        return use.run(context, command)

    @staticmethod
    def _resident_key(context: Context, ref: KeyRef) -> CachedKey:
        cached = context.view.key(ring_of(context.principal, ref), ref)
        if cached is None or is_deleted(cached.key, context.now_ms):
            raise not_found_fault(ref)
        return cached

    def _run_cold(self, use: UseCase[C, R], context: Context, command: C) -> R:
        self._admit(use, context.principal, context.view)
        self._ask_decision_point(use, context, command)
        with self.store.begin(write=use.writes) as opened:
            uow: UnitOfWork = opened
            if use.writes:
                uow = context._watched = Watched(opened)  # noqa: SLF001
            context._uow = uow  # noqa: SLF001
            if use.key is not None:
                ref = use.key(command)
                try:
                    key = context._key = self.find_key(uow, context, ref)  # noqa: SLF001
                except faults.NotFound:
                    raise absent_fault(use.action, context.principal, ref) from None
                self._check_key(use.action, use.states, context, key, context.request_context.operation)
                if use.writes:
                    context._key = self._writable_record(uow, context, key)  # noqa: SLF001
            return use.run(context, command)

    def find_key(self, uow: UnitOfWork, context: Context, ref: KeyRef) -> Key:
        """The key a reference means to this principal. Raises ``KeyNotFound`` or its kin."""
        ring = ring_of(context.principal, ref)
        key_id = resolve(lambda kind, record_id: uow.of(kind).get(record_id), ring, ref)
        found = uow.of(Key).get(key_id) if key_id else None
        key = replicas.visible_key(lambda kind, record_id: uow.of(kind).get(record_id), ring, found) if found else None
        if key is None or is_deleted(key, context.now_ms):
            raise not_found_fault(ref)
        return key

    def _writable_record(self, uow: UnitOfWork, context: Context, key: Key) -> Key:
        """The record that a change of the key is a change of: a replica's changes are made in its born region.

        Raises ``ReadOnlyReplica`` (``sync`` off), ``ServerFault`` (``during`` sync_forward).
        """
        held = uow.of(Key).get(key.id)
        if held is None or held.ring == key.ring:
            return key
        replicas.require_sync(held, self.switches(context.view))
        return held

    def with_key(self, context: Context, ref: KeyRef, action: str, states: str, service: str = "") -> Context:
        """A context for a further key that the command names: points 3 to 5 hold for it as well.

        Hot in hot use cases, in the same transaction in cold ones. The trail names the first key of all.
        ``service``: the key protects what that service keeps. The service's own key then needs no right besides the
        one on what it protects; of other keys' policies, rules for any operation of the action count.
        """
        further = replace(context, _key=None, _cached=None)
        try:
            if context._uow is not None:  # noqa: SLF001
                key = further._key = self.find_key(context._uow, context, ref)  # noqa: SLF001
            else:
                further._cached = self._resident_key(context, ref)  # noqa: SLF001
                key = further._cached.key  # noqa: SLF001
        except faults.NotFound:
            raise absent_fault(action, context.principal, ref) from None
        if context._key is None and context._cached is None:  # noqa: SLF001
            context._key = key  # noqa: SLF001
        if service and key.service == service and key.ring == context.principal.ring:
            require_state(states, key, context.now_ms)
        else:
            operation = "" if service else context.request_context.operation
            self._check_key(action, states, context, key, operation)
        return further

    def switches(self, view: View) -> Switches:
        """The service's switches, from the cache."""
        return current_switches(view)

    def _admit(self, use: UseCase[C, R], principal: Principal, view: View) -> None:
        if use.operator:
            if not principal.operator:
                raise faults.PermissionDenied(action=use.action)
            return
        switches = self.switches(view)
        if switches is not DEFAULT:
            self._check_service_state(switches, use, principal)
        try:
            admit(use, principal)
        except faults.ExplicitlyDenied:
            raise
        except faults.PermissionDenied:
            # The policy of the key or secret may still allow it to a user; that is known only with the thing itself.
            if (use.key is None and use.action not in SECRET_ACTIONS) or not principal.user_id:
                raise

    def _ask_decision_point(self, use: UseCase[C, R], context: Context, command: C) -> None:
        """Ask the external policy decision point, if there is one; on a thread that may wait for it."""
        url = self.switches(context.view).authorizer
        if not url or use.operator or context.principal.operator:
            return
        if not context.view.may_load:
            raise NotResident
        resource = f"key/{use.key(command).value}" if use.key is not None else ""
        decision_point.require_permit(
            self.authorizer,
            url,
            decision_point.decision_request(context.principal, context.request_context, use.action, resource),
        )

    def _check_service_state(self, switches: Switches, use: UseCase[C, R], principal: Principal) -> None:
        if switches.offline_regions and is_offline(switches, principal.facts.get("project_name", "")):
            raise faults.Unavailable(reason="the region is switched off")
        if switches.maintenance:
            raise faults.Unavailable(reason=switches.maintenance)
        if switches.replica and use.writes:
            raise faults.ReadOnlyReplica
        if switches.rates != "off":
            self.throttle.take(principal.account_id, use.action, switches.rates)

    @staticmethod
    def _partition(view: View, keystore_id: str) -> Keystore | None:
        return view.get(("keystore", keystore_id), lambda reader: reader.get(Keystore, keystore_id))

    def _check_key(self, action: str, states: str, context: Context, key: Key, operation: str) -> None:
        principal, source = context.principal, context.request_context.source
        if key.instance_id and principal.instance_id and key.instance_id != principal.instance_id:
            raise faults.KeyNotInInstance(resource=key.id, instance=principal.instance_id)
        if key.ring != principal.ring:
            # A grant is all that reaches across: statements are about the caller's own keys. But they may deny it.
            decision = decide(principal, action, (f"key/{key.id}",))
            if decision.explicit:
                require(decision, action, key.id)
            if not is_granted(principal, action, f"key/{key.id}"):
                raise faults.KeyPermissionDenied(resource=key.id, action=action)
        elif not principal.admin:
            attempt = PolicyRequest(action, operation, source, context.now_ms)
            self.authorise_owned(principal, attempt, f"key/{key.id}", key.policy, placed_name(key))
        if states == "use" and key.keystore_id not in SHARED:
            require_keystore_usable(self._partition(context.view, key.keystore_id), principal)
        require_state(states, key, context.now_ms)
        if key.service and principal.instance_id:
            # An instance serves its applications' keys; those of other services are the services' own.
            raise faults.ServiceKeyProtected(key_id=key.id)

    def authorise_owned(
        self, principal: Principal, attempt: PolicyRequest, resource: str, policy: str, *more: str
    ) -> None:
        """Return if allowed on a resource that may have a policy of its own (stored text; empty for none).

        ``more``: what else the resource is called.

        Raises ``ExplicitlyDenied`` or ``PermissionDenied``; see :mod:`bitting.core.authz.resource_policies`.
        """
        decision = decide(
            principal, attempt.action, (resource, *more), self._policies.evaluate(policy, principal, attempt)
        )
        if not decision.allowed and not decision.explicit:
            authorise(principal, attempt.action, None)  # who may nothing anywhere is told so
        require(decision, attempt.action, resource)

    def _record(self, use: UseCase[C, R], command: C, context: Context, outcome: str) -> None:
        """Note what a use case was about; the record itself is written now or with the answer."""
        request_context, watched = context.request_context, context._watched  # noqa: SLF001
        key = context._cached.key if context._cached else context._key  # noqa: SLF001
        changed = watched.changed if watched is not None and outcome == "ok" else ()  # what failed was rolled back
        note_use(request_context.note, use, command, context.principal, key.id if key else "", changed)
        if not request_context.deferred:
            request_context.recorded = True
            self.trail.record(event_of(request_context, context.now_ms, outcome))
            request_context.note = AuditNote()
