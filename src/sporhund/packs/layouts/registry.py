"""The layouts that a manifest can name."""
from sporhund.packs.detector import FaceDetector, ObjectDetector
from sporhund.packs.layouts.centerface import CenterFace
from sporhund.packs.layouts.nanodet import NanoDet
from sporhund.packs.layouts.yolox import Yolox
from sporhund.packs.layouts.yunet import YuNet

FACES: dict[str, type[FaceDetector]] = {"centerface": CenterFace, "yunet": YuNet}
OBJECTS: dict[str, type[ObjectDetector]] = {"nanodet": NanoDet, "yolox": Yolox}
