"""The field's words as the desk uses them: English, Danish, what each means in both."""
from typing import NamedTuple


class Word(NamedTuple):
    """One word of the field."""

    english: str
    danish: str
    means: str              #: a sentence of `words/da/glossary.po`


GLOSSARY = (
    Word("exhibit", "koster", "What was handed in under a number. It is never written to."),
    Word("medium", "medie", "One content, however often it occurs among the files."),
    Word("shot", "optagelse", "What lies between two cuts."),
    Word("track", "spor", "One thing over a time in one medium: a face, a person, a vehicle, a thing, a movement."),
    Word("account", "regnskab", "What became of every file and of every second of video; it adds up."),
    Word("unread", "ulæst", "Recorded, and no machine could read it: the reason stands beside it."),
    Word("coverage", "dækning", "What was looked at, and how closely."),
    Word("movement without findings", "bevægelse uden fund",
         "Something moved and nothing was recognised: for a person to look at."),
    Word("clock anchor", "tidsanker",
         "At this place of a recording the picture shows this clock: with it recordings lie on one clock."),
    Word("subject", "ukendt person",
         "Tracks that an officer says belong together: an assertion with its author, never an identity."),
    Word("legal basis", "hjemmel", "Why faces may be compared: purpose, offence, reason, scope, time."),
    Word("candidate", "kandidat", "A proposed answer of the machine. It names nobody."),
    Word("link", "sammenkædning", "Two examiners said the same, separately and without seeing a score."),
    Word("veil", "sløring", "Pictures are blurred or grey until somebody lifts it; how long it was lifted is measured."),
    Word("secure more", "sikr mere", "Ask for further recordings around a sighting before they are overwritten."),
)
