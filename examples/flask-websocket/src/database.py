"""The database of all three programs. SQLAlchemy connects when a query needs it, so that the programs start without it."""

import os

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

engine = create_engine(os.environ.get("DATABASE_URL", "mysql+pymysql://app@127.0.0.1/app"), pool_pre_ping=True)
messages = Table("messages", MetaData(), Column("id", Integer, primary_key=True), Column("text", String(200)))
