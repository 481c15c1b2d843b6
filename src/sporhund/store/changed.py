"""What tells a changed row from one that is known: the number of the transaction that wrote it, in its column `changed`."""
from sqlalchemy import BigInteger, Text, cast, func

THIS_TRANSACTION = cast(cast(func.pg_current_xact_id(), Text), BigInteger)
"""The number of the transaction that writes. Whoever holds rows in memory asks for those with a number that had not ended."""
