-- What was published: packs, and editions of their indices with observations and scores.
--
-- An edition's row is its seal. Within one transaction its observations and scores are written
-- first (their foreign keys wait for the end) and its own row last; once that row stands, nothing
-- of the edition can be added, changed or removed. The same holds for a pack and its files.

CREATE TABLE pack (
    index_id TEXT NOT NULL,
    pack_digest TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (index_id, pack_digest)
) STRICT;

CREATE TABLE pack_file (
    index_id TEXT NOT NULL,
    pack_digest TEXT NOT NULL,
    path TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (index_id, pack_digest, path),
    FOREIGN KEY (index_id, pack_digest) REFERENCES pack (index_id, pack_digest)
        DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE edition (
    index_id TEXT NOT NULL,
    edition INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    -- The revision that this one corrects: always the one before.
    replaces INTEGER,
    version TEXT NOT NULL,
    pack_digest TEXT NOT NULL,
    data_digest TEXT NOT NULL,
    program_version TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (index_id, edition, revision),
    FOREIGN KEY (index_id, pack_digest) REFERENCES pack (index_id, pack_digest),
    FOREIGN KEY (index_id, edition, replaces) REFERENCES edition (index_id, edition, revision),
    CHECK (
        (revision = 1 AND replaces IS NULL)
        OR (revision > 1 AND replaces IS NOT NULL AND replaces = revision - 1)
    )
) STRICT;

CREATE TABLE observation (
    index_id TEXT NOT NULL,
    edition INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    unit TEXT NOT NULL,
    node TEXT NOT NULL,
    value REAL,
    se REAL,
    n INTEGER,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (index_id, edition, revision, unit, node),
    FOREIGN KEY (index_id, edition, revision) REFERENCES edition (index_id, edition, revision)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (
        (status = '' AND value IS NOT NULL)
        OR (status IN ('missing', 'not_applicable') AND value IS NULL)
    )
) STRICT, WITHOUT ROWID;

CREATE TABLE score (
    index_id TEXT NOT NULL,
    edition INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    unit_list TEXT NOT NULL,
    unit TEXT NOT NULL,
    node TEXT NOT NULL,
    level INTEGER NOT NULL,
    score REAL,
    se REAL,
    n INTEGER,
    share_of_max REAL,
    rank INTEGER,
    group_no INTEGER,
    coverage REAL NOT NULL,
    flags TEXT NOT NULL,
    PRIMARY KEY (index_id, edition, revision, unit_list, unit, node),
    FOREIGN KEY (index_id, edition, revision) REFERENCES edition (index_id, edition, revision)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TRIGGER pack_insert BEFORE INSERT ON pack
WHEN EXISTS (SELECT 1 FROM pack WHERE pack.index_id = NEW.index_id AND pack.pack_digest = NEW.pack_digest)
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;
CREATE TRIGGER pack_update BEFORE UPDATE ON pack
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;
CREATE TRIGGER pack_delete BEFORE DELETE ON pack
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;

CREATE TRIGGER pack_file_insert BEFORE INSERT ON pack_file
WHEN EXISTS (SELECT 1 FROM pack WHERE pack.index_id = NEW.index_id AND pack.pack_digest = NEW.pack_digest)
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;
CREATE TRIGGER pack_file_update BEFORE UPDATE ON pack_file
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;
CREATE TRIGGER pack_file_delete BEFORE DELETE ON pack_file
BEGIN SELECT RAISE(ABORT, 'a published pack cannot be changed'); END;

CREATE TRIGGER edition_insert BEFORE INSERT ON edition
WHEN EXISTS (SELECT 1 FROM edition WHERE edition.index_id = NEW.index_id AND edition.edition = NEW.edition AND edition.revision = NEW.revision)
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER edition_update BEFORE UPDATE ON edition
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER edition_delete BEFORE DELETE ON edition
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;

CREATE TRIGGER observation_insert BEFORE INSERT ON observation
WHEN EXISTS (SELECT 1 FROM edition WHERE edition.index_id = NEW.index_id AND edition.edition = NEW.edition AND edition.revision = NEW.revision)
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER observation_update BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER observation_delete BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;

CREATE TRIGGER score_insert BEFORE INSERT ON score
WHEN EXISTS (SELECT 1 FROM edition WHERE edition.index_id = NEW.index_id AND edition.edition = NEW.edition AND edition.revision = NEW.revision)
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER score_update BEFORE UPDATE ON score
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
CREATE TRIGGER score_delete BEFORE DELETE ON score
BEGIN SELECT RAISE(ABORT, 'a published edition cannot be changed'); END;
