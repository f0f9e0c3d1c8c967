"""The background worker: deletes all but the newest 1,000 messages, once a minute."""

import logging
import time

from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from database import engine, messages


def clean():
    with engine.begin() as connection:
        newest = connection.execute(select(func.max(messages.c.id))).scalar() or 0
        return connection.execute(delete(messages).where(messages.c.id <= newest - 1000)).rowcount


def main():
    logging.basicConfig(level=logging.INFO)
    while True:
        try:
            logging.info("deleted %d messages", clean())
        except OperationalError as error:
            logging.warning("no database: %s", error.orig)
        time.sleep(60)


if __name__ == "__main__":
    main()
