"""Help: how one works here, the words, the keys, and the training case."""
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from sporhund.desk.ask import Ask
from sporhund.desk.door import Door
from sporhund.desk.page import render, see
from sporhund.desk.words.glossary import GLOSSARY

router = APIRouter()


@router.get("/help")
def help_page(ask: Annotated[Ask, Depends(Door("case list"))]) -> Response:
    return render(ask, "help.html", glossary=GLOSSARY)


@router.post("/help/training")
def training(ask: Annotated[Ask, Depends(Door("case create"))]) -> Response:
    """Make one's own training case, or go to it where it is there: nobody else's marks lie in it."""
    made = ask.place.training(f"TRAINING-{ask.actor.name}")
    return see(f"/case/{made['id']}/intake")
