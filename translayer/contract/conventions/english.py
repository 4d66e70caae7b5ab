"""English, as far as APIs speak it: which words are plurals, verbs or short forms, and what to write instead.

Strategy: tables of what is irregular, and the few rules of spelling for the rest. A word that no table knows is judged
by its end alone, and where that says nothing it is taken for right.

Border: single words in lower case. What URLs and names may say is decided beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _pairs(told: str) -> Mapping[str, str]:
    """A table of words, each with the one behind its colon."""
    return MappingProxyType({word: other for word, _, other in (pair.partition(":") for pair in told.split())})


def _set(told: str) -> frozenset[str]:
    return frozenset(told.split())


_PLURALS: Final = _pairs(
    """
    analysis:analyses axis:axes basis:bases crisis:crises diagnosis:diagnoses emphasis:emphases
    hypothesis:hypotheses synopsis:synopses thesis:theses appendix:appendices index:indexes matrix:matrices
    vertex:vertices bus:buses bonus:bonuses campus:campuses cactus:cacti census:censuses corpus:corpora
    focus:focuses genus:genera radius:radii status:statuses stimulus:stimuli syllabus:syllabi virus:viruses
    alumnus:alumni alias:aliases atlas:atlases bias:biases canvas:canvases gas:gases iris:irises lens:lenses
    trellis:trellises chassis:chassis debris:debris child:children foot:feet goose:geese man:men mouse:mice
    ox:oxen person:people tooth:teeth woman:women die:dice quiz:quizzes calf:calves half:halves knife:knives
    leaf:leaves life:lives loaf:loaves shelf:shelves thief:thieves wife:wives wolf:wolves bacterium:bacteria
    criterion:criteria curriculum:curricula datum:data medium:media phenomenon:phenomena addendum:addenda
    erratum:errata echo:echoes hero:heroes potato:potatoes tomato:tomatoes veto:vetoes
    """
)
"""Words whose plural the rules of spelling do not make, or whose singular looks like a plural."""

_UNCOUNTED: Final = _set(
    """
    access advice aircraft baggage cash content equipment evidence feedback fish freight furniture hardware
    health help history information infrastructure inventory knowledge legislation livestock luggage machinery
    mail merchandise metadata money music news offspring payroll personnel police research series sheep software
    species staff stock storage telemetry traffic weather work
    """
)
"""Words that have no plural, or whose plural is the same."""

_ALL_PLURALS: Final = frozenset(_PLURALS.values()) | {"indices", "appendixes", "persons", "alumnae", "cookies"}


def is_plural(word: str) -> bool:
    """Whether a word may stand for several things: a plural, or a word that has none.

    >>> [is_plural(word) for word in ("bookings", "people", "booking", "address", "status")]
    [True, True, False, False, False]
    """
    if word in _ALL_PLURALS or word in _UNCOUNTED:
        return True
    return word not in _PLURALS and word.endswith("s") and not word.endswith("ss")


def plural(word: str) -> str:
    """The plural of a singular.

    >>> [plural(word) for word in ("booking", "company", "day", "address", "box", "child")]
    ['bookings', 'companies', 'days', 'addresses', 'boxes', 'children']
    """
    if word in _PLURALS:
        return _PLURALS[word]
    if re.search(r"[^aeiou]y\Z", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(?:s|x|z|ch|sh)\Z", word) else "s")


CRUD: Final = _pairs(
    """
    fetch:GET find:GET get:GET list:GET read:GET retrieve:GET add:POST create:POST insert:POST new:POST put:PUT
    replace:PUT save:PUT upsert:PUT edit:PATCH modify:PATCH patch:PATCH update:PATCH delete:DELETE destroy:DELETE
    remove:DELETE
    """
)
"""Words for what the methods of HTTP say (RFC 9110, section 9.3), with the method that says it."""

CRUD_IN_COMPOUNDS: Final = frozenset(CRUD) - {"new", "patch", "read"}
"""Those that are verbs wherever a compound begins with them: ``/create-booking``, but not ``/new-arrivals``."""

DEEDS: Final = _pairs(
    """
    accept:acceptances activate:activations apply:applications approve:approvals assign:assignments
    authenticate:sessions authorize:authorizations calculate:calculations cancel:cancellations
    compute:computations convert:conversions confirm:confirmations deliver:deliveries deploy:deployments
    enable:activations enroll:enrollments execute:executions generate:generations install:installations
    invite:invitations invoke:invocations login:sessions notify:notifications pay:payments publish:publications
    redeem:redemptions reject:rejections renew:renewals resend:deliveries reschedule:appointments
    restore:restorations resume:resumptions send:deliveries signin:sessions signup:registrations
    submit:submissions subscribe:subscriptions suspend:suspensions sync:synchronizations terminate:terminations
    validate:validations verify:verifications
    """
)
"""Verbs that are nothing else, with what comes of the deed."""

ENDINGS: Final = _pairs(
    """
    deactivate:activation disable:activation logout:session reopen:closure signout:session unarchive:archiving
    unassign:assignment unblock:block unfollow:subscription uninstall:installation unlike:like unlock:lock
    unpublish:publication unsubscribe:subscription unsuspend:suspension
    """
)
"""Verbs that undo a deed, with what there is no more then."""

PERHAPS_DEEDS: Final = _pairs(
    """
    archive:archivings block:blocks book:bookings charge:charges check:checks close:closures complete:completions
    copy:copies decline:rejections export:exports follow:subscriptions import:imports lock:locks merge:merges move:moves
    process:processes refresh:refreshes refund:refunds register:registrations report:reports
    reserve:reservations reset:resets retry:attempts return:returns review:reviews run:runs ship:shipments
    start:runs stop:interruptions transfer:transfers upload:uploads
    """
)
"""Words that are nouns or adjectives as well: verbs where nothing but POST is offered behind a single thing."""

HARMLESS: Final = _set("authenticate calculate compute convert edit login new signin signup validate")
"""Verbs of which a reader would not think that they change what is there, or that name the page of a form."""

NOUNS: Final = _set("add-on add-ons list-entries list-items list-members save-the-dates")
"""Segments that are nouns, though they begin with a verb."""

ABBREVIATIONS: Final = _pairs(
    """
    acct:account addl:additional addr:address amt:amount approx:approximate attr:attribute avg:average bal:balance
    bday:birthday cfg:configuration cnt:count ctry:country curr:currency cust:customer dept:department
    descr:description dest:destination dob:date_of_birth dst:destination dt:date emp:employee exp:expiry
    fname:first_name lname:last_name freq:frequency grp:group hrs:hours img:image lang:language lbl:label
    lvl:level mgr:manager mins:minutes mngr:manager msg:message mth:month nbr:number num:number obj:object
    orig:original passwd:password pax:passengers pct:percent prev:previous pwd:password qty:quantity
    recv:received secs:seconds seq:sequence stmt:statement svc:service sz:size tmp:temporary ts:timestamp txt:text
    usr:user val:value yr:year
    """
)
"""Short forms that only some can read, with the words for them; ``id``, ``max`` and ``url`` are words by now."""
