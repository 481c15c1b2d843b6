"""The pages of the desk, in the order in which an address is looked for."""
from sporhund.desk.routes import (
    administration,
    cases,
    copies,
    exhibits,
    gallery,
    help,
    intake,
    log,
    marks,
    me,
    overview,
    people,
    pictures,
    signin,
    subjects,
    timeline,
    uploads,
    viewer,
    viewer_acts,
)

ALL = (signin.router, cases.router, overview.router, people.router, me.router, administration.router,
       log.router, help.router, pictures.router, copies.router,
       intake.router, uploads.router, exhibits.router, subjects.router, timeline.router,
       gallery.router, marks.router,
       viewer.router, viewer_acts.router)
