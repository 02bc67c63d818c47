"""Everything that can happen at the API, in the past tense. The log of these is the database: state is what you
get by applying them in order. Instants are epoch seconds; secrets never stand here.
"""

from __future__ import annotations

from .families import CredentialsSurrendered, FamilyStarted, RefreshTokenIssued, RefreshTokenReused
from .happened import Happened
from .intake import ScannerBatchTaken, ScannerKey, ScannerKeysAdopted
from .programme import (
    PolicyAdopted,
    SigningKeyAdded,
    SigningKeyPutToUse,
    SigningKeyRetired,
    StatusListOpened,
    TesterActivated,
    TesterInvited,
    TesterKeyIssued,
    TesterLeft,
    TokenDenied,
    TokenIssued,
)
from .requests import RequestAdmitted, RequestRefused
from .response import (
    AlertRaised,
    LeakReported,
    OutputAttributed,
    ProgrammePaused,
    ProgrammeResumed,
    Revoked,
    StepTaken,
    Suspended,
    SuspensionLifted,
    TesterThrottled,
)
from .signals import (
    ReceiverAdmitted,
    ReceiverDismissed,
    SignalsAcknowledged,
    SignalsRefused,
    StreamCreated,
    StreamDeleted,
    StreamStatusSet,
    StreamUpdated,
    SubjectAdded,
    SubjectRemoved,
    VerificationRequested,
)
from .videos import (
    CharacterCreated,
    ClaimLapsed,
    OutputApproved,
    OutputClaimed,
    OutputDownloaded,
    OutputExpired,
    OutputQuarantined,
    OutputRecalled,
    OutputRejected,
    QuarantineLifted,
    RenderFailed,
    RenderFinished,
    RenderStarted,
    VideoDeleted,
    VideoSubmitted,
)

Event = (
    PolicyAdopted | SigningKeyAdded | SigningKeyPutToUse | SigningKeyRetired | TesterInvited | TesterKeyIssued
    | TesterActivated | TesterLeft | TokenIssued | TokenDenied | RequestAdmitted | RequestRefused | VideoSubmitted
    | RenderStarted | RenderFinished | RenderFailed | OutputClaimed | ClaimLapsed | OutputApproved | OutputRejected
    | OutputQuarantined | QuarantineLifted | OutputRecalled | OutputDownloaded | OutputExpired | VideoDeleted
    | CharacterCreated | LeakReported | AlertRaised | StepTaken | Revoked | Suspended | SuspensionLifted
    | TesterThrottled | ProgrammePaused | ProgrammeResumed | OutputAttributed | ScannerKeysAdopted | ScannerBatchTaken
    | FamilyStarted | RefreshTokenIssued | RefreshTokenReused | CredentialsSurrendered | ReceiverAdmitted
    | ReceiverDismissed | StreamCreated | StreamUpdated | StreamDeleted | StreamStatusSet | SubjectRemoved
    | SubjectAdded | VerificationRequested | SignalsAcknowledged | SignalsRefused | StatusListOpened
)

__all__ = [
    "AlertRaised", "CharacterCreated", "ClaimLapsed", "CredentialsSurrendered", "Event", "FamilyStarted", "Happened",
    "LeakReported", "OutputApproved", "OutputAttributed", "OutputClaimed", "OutputDownloaded", "OutputExpired",
    "OutputQuarantined", "OutputRecalled", "OutputRejected", "PolicyAdopted", "ProgrammePaused", "ProgrammeResumed",
    "QuarantineLifted", "ReceiverAdmitted", "ReceiverDismissed", "RefreshTokenIssued", "RefreshTokenReused",
    "RenderFailed", "RenderFinished", "RenderStarted", "RequestAdmitted", "RequestRefused", "Revoked",
    "ScannerBatchTaken", "ScannerKey", "ScannerKeysAdopted", "SignalsAcknowledged", "SignalsRefused",
    "SigningKeyAdded", "SigningKeyPutToUse", "SigningKeyRetired", "StatusListOpened", "StepTaken", "StreamCreated",
    "StreamDeleted", "StreamStatusSet", "StreamUpdated", "SubjectAdded", "SubjectRemoved", "Suspended",
    "SuspensionLifted", "TesterActivated", "TesterInvited", "TesterKeyIssued", "TesterLeft", "TesterThrottled",
    "TokenDenied", "TokenIssued", "VerificationRequested", "VideoDeleted", "VideoSubmitted",
]
