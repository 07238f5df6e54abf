"""The database: tables, one repository a concept, migrations."""
