"""What the detector calls things, in Danish. A class that is not here keeps the detector's word."""
from collections.abc import Mapping

DANISH: Mapping[str, str] = {
    "airplane": "fly", "apple": "æble", "backpack": "rygsæk", "banana": "banan", "baseball bat": "baseballbat",
    "baseball glove": "baseballhandske", "bear": "bjørn", "bed": "seng", "bench": "bænk", "bicycle": "cykel", "bird": "fugl",
    "boat": "båd", "book": "bog", "bottle": "flaske", "bowl": "skål", "broccoli": "broccoli", "bus": "bus", "cake": "kage",
    "car": "bil", "carrot": "gulerod", "cat": "kat", "cell phone": "mobiltelefon", "chair": "stol", "clock": "ur",
    "couch": "sofa", "cow": "ko", "cup": "kop", "dining table": "spisebord", "dog": "hund", "donut": "donut",
    "elephant": "elefant", "fire hydrant": "brandhane", "fork": "gaffel", "frisbee": "frisbee", "giraffe": "giraf",
    "hair drier": "hårtørrer", "handbag": "håndtaske", "horse": "hest", "hot dog": "hotdog", "keyboard": "tastatur",
    "kite": "drage", "knife": "kniv", "laptop": "bærbar computer", "microwave": "mikroovn", "motorcycle": "motorcykel",
    "mouse": "mus", "orange": "appelsin", "oven": "ovn", "parking meter": "parkometer", "person": "person", "pizza": "pizza",
    "potted plant": "potteplante", "refrigerator": "køleskab", "remote": "fjernbetjening", "sandwich": "sandwich",
    "scissors": "saks", "sheep": "får", "sink": "vask", "skateboard": "skateboard", "skis": "ski", "snowboard": "snowboard",
    "spoon": "ske", "sports ball": "bold", "stop sign": "stopskilt", "suitcase": "kuffert", "surfboard": "surfbræt",
    "teddy bear": "bamse", "tennis racket": "tennisketsjer", "tie": "slips", "toaster": "brødrister", "toilet": "toilet",
    "toothbrush": "tandbørste", "traffic light": "lyskurv", "train": "tog", "truck": "lastbil", "tv": "tv",
    "umbrella": "paraply", "vase": "vase", "wine glass": "vinglas", "zebra": "zebra",
}


def thing(word: str, language: str) -> str:
    """A class of the detector as people read it."""
    return DANISH.get(word, word) if language == "da" else word
