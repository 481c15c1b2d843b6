"""`case.faces`: clusters and search in one place, as on the command line."""
from sporhund.api.clusters import ClusterActs
from sporhund.api.search import SearchActs


class Faces(ClusterActs, SearchActs):
    """What the machine proposes of the faces of a case."""
