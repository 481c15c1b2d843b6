"""The pages of the desk, in the order in which an address is looked for."""
from sporhund.desk.routes import administration, cases, help, log, me, overview, people, pictures, signin

ALL = (signin.router, cases.router, overview.router, people.router, me.router, administration.router,
       log.router, help.router, pictures.router)
