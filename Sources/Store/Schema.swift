// The tables of the store, as steps from any older form to this one.
// - A released step never changes; every change is a new step.
// - `application_id` marks the file as ours, so that no other program's database is ever changed.
// - The search index is not here, because it can be rebuilt at any time (SearchIndex.swift).

import GRDB

enum Schema {
    /// "CPYD" in ASCII.
    static let applicationId = 0x4350_5944
    static let defaultProjectId: Int64 = 1

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: projects, generations, drafts, revisions, tags", migrate: makeFirst)
        migrator.registerMigration("2: starred drafts by generation", migrate: indexStarred)
        migrator.registerMigration("3: generations by template, model and project", migrate: indexNames)
        migrator.registerMigration("4: details of drafts, candidates, parts", migrate: addDetails)
        migrator.registerMigration("5: candidates by generation", migrate: indexCandidates)
        // No row changes, so foreign keys need not be checked over the whole store.
        migrator.registerMigration(
            "6: conversations, turns", foreignKeyChecks: .immediate, migrate: addConversations)
        migrator.registerMigration(
            "7: edited drafts; notes and ratings by index", foreignKeyChecks: .immediate, migrate: addEdited)
        return migrator
    }()

    /// Marks an empty file as ours, so that it is recognized if the disk is full before the tables are made.
    static func markEmpty(_ db: Database) throws {
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else { return }
        try db.execute(sql: "PRAGMA application_id = \(applicationId)")
    }

    private static func makeFirst(_ db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(applicationId)")
        try db.execute(
            sql: """
                CREATE TABLE project (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL,
                    createdAt REAL NOT NULL,
                    archivedAt REAL);
                INSERT INTO project (id, name, createdAt) VALUES (\(defaultProjectId), 'Drafts', unixepoch());

                CREATE TABLE generation (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    uuid TEXT NOT NULL UNIQUE,
                    projectId INTEGER NOT NULL REFERENCES project (id),
                    createdAt REAL NOT NULL,
                    finishedAt REAL,
                    status TEXT NOT NULL,
                    -- The number of the WriterMark that is writing; NULL once it is finished.
                    writer INTEGER,
                    templateName TEXT,
                    templateHash TEXT,
                    title TEXT NOT NULL,
                    fields TEXT NOT NULL DEFAULT '{}',
                    systemPrompt TEXT,
                    prompt TEXT NOT NULL DEFAULT '',
                    sampling TEXT NOT NULL DEFAULT '{}',
                    limits TEXT NOT NULL DEFAULT '{}',
                    model TEXT NOT NULL,
                    modelHash TEXT NOT NULL DEFAULT '',
                    engine TEXT NOT NULL DEFAULT '',
                    -- The bits of an unsigned 64-bit number.
                    seed INTEGER NOT NULL,
                    parentDraftId INTEGER REFERENCES draft (id) ON DELETE SET NULL,
                    relation TEXT,
                    timings TEXT NOT NULL DEFAULT '{}',
                    failure TEXT);
                CREATE INDEX generationByTime ON generation (createdAt, id);
                CREATE INDEX generationByParent ON generation (parentDraftId) WHERE parentDraftId IS NOT NULL;
                CREATE INDEX generationRunning ON generation (writer) WHERE status = 'running';

                CREATE TABLE draft (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    generationId INTEGER NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
                    ordinal INTEGER NOT NULL,
                    text TEXT NOT NULL DEFAULT '',
                    finishReason TEXT,
                    tokenCount INTEGER NOT NULL DEFAULT 0,
                    starred INTEGER NOT NULL DEFAULT 0,
                    rating INTEGER,
                    note TEXT,
                    createdAt REAL NOT NULL,
                    updatedAt REAL NOT NULL,
                    deletedAt REAL,
                    UNIQUE (generationId, ordinal));
                CREATE INDEX draftStarred ON draft (id) WHERE starred;
                CREATE INDEX draftTrashed ON draft (deletedAt, id) WHERE deletedAt IS NOT NULL;

                CREATE TABLE revision (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    draftId INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
                    createdAt REAL NOT NULL,
                    origin TEXT NOT NULL,
                    text TEXT NOT NULL);
                CREATE INDEX revisionByDraft ON revision (draftId, id);

                CREATE TABLE tag (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE COLLATE NOCASE);
                CREATE TABLE draftTag (
                    draftId INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
                    tagId INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
                    PRIMARY KEY (draftId, tagId)) WITHOUT ROWID;
                CREATE INDEX draftTagByTag ON draftTag (tagId, draftId);
                """)
    }

    /// Exports of starred drafts go by generation, and this index alone holds all they need. Its last two columns are
    /// there because SQLite uses an index alone only if it holds every column that the query names.
    private static func indexStarred(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX draftStarredByGeneration ON draft (generationId, ordinal, deletedAt, starred)
                    WHERE starred AND deletedAt IS NULL
                """)
    }

    /// Filters of the history read the newest generations of a name first, and stop at the end of the page.
    private static func indexNames(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX generationByTemplate ON generation (templateName, createdAt, id);
                CREATE INDEX generationByModel ON generation (model, createdAt, id);
                CREATE INDEX generationByProject ON generation (projectId, createdAt, id);
                """)
    }

    /// Candidates that were not chosen stay in the store, and out of lists, search and exports.
    private static func addDetails(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE generation ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
                ALTER TABLE draft ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
                ALTER TABLE draft ADD COLUMN candidate INTEGER NOT NULL DEFAULT 0;
                """)
    }

    /// Counts candidates by an index alone: of a generation, and of the store beside its search index. Its last column is
    /// there because the queries name it.
    private static func indexCandidates(_ db: Database) throws {
        try db.execute(sql: "CREATE INDEX draftCandidates ON draft (generationId, candidate) WHERE candidate")
    }

    /// A turn is older than those that follow it, so ids grow on every way through the tree.
    ///
    /// Links between turns do not cascade, because SQLite limits cascades to 1,000 levels and a conversation may be
    /// longer. Indexes of generations end with the conversation, because plain lists leave its answers out by an index
    /// alone.
    private static func addConversations(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE conversation (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    uuid TEXT NOT NULL UNIQUE,
                    projectId INTEGER NOT NULL REFERENCES project (id),
                    createdAt REAL NOT NULL,
                    updatedAt REAL NOT NULL,
                    deletedAt REAL,
                    title TEXT NOT NULL DEFAULT '',
                    persona TEXT NOT NULL DEFAULT '{}',
                    fields TEXT NOT NULL DEFAULT '{}',
                    model TEXT NOT NULL,
                    settings TEXT NOT NULL DEFAULT '{}',
                    headTurnId INTEGER REFERENCES turn (id) ON DELETE SET NULL);
                CREATE INDEX conversationByTime ON conversation (updatedAt, id, deletedAt);
                CREATE INDEX conversationTrashed ON conversation (deletedAt) WHERE deletedAt IS NOT NULL;
                CREATE INDEX conversationByHead ON conversation (headTurnId) WHERE headTurnId IS NOT NULL;

                CREATE TABLE turn (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    conversationId INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                    role TEXT NOT NULL,
                    text TEXT NOT NULL DEFAULT '',
                    parentTurnId INTEGER REFERENCES turn (id) ON DELETE SET NULL,
                    parentDraftId INTEGER REFERENCES draft (id) ON DELETE SET NULL,
                    -- The number of turns from the first one to it.
                    depth INTEGER NOT NULL,
                    activeDraftId INTEGER REFERENCES draft (id) ON DELETE SET NULL,
                    pinned INTEGER NOT NULL DEFAULT 0,
                    summaryDraftId INTEGER REFERENCES draft (id) ON DELETE SET NULL,
                    createdAt REAL NOT NULL,
                    deletedAt REAL);
                CREATE INDEX turnByConversation ON turn (conversationId, parentTurnId, parentDraftId, deletedAt);
                CREATE INDEX turnByParent ON turn (parentTurnId, parentDraftId);
                CREATE INDEX turnByParentDraft ON turn (parentDraftId) WHERE parentDraftId IS NOT NULL;
                CREATE INDEX turnByActiveDraft ON turn (activeDraftId) WHERE activeDraftId IS NOT NULL;
                CREATE INDEX turnBySummary ON turn (summaryDraftId) WHERE summaryDraftId IS NOT NULL;
                CREATE INDEX turnTrashed ON turn (deletedAt) WHERE deletedAt IS NOT NULL;

                ALTER TABLE generation ADD COLUMN turnId INTEGER REFERENCES turn (id) ON DELETE CASCADE;
                ALTER TABLE generation ADD COLUMN conversationId INTEGER REFERENCES conversation (id) ON DELETE CASCADE;
                CREATE INDEX generationByTurn ON generation (turnId) WHERE turnId IS NOT NULL;
                CREATE INDEX generationByConversation ON generation (conversationId) WHERE conversationId IS NOT NULL;

                DROP INDEX generationByTime;
                DROP INDEX generationByTemplate;
                DROP INDEX generationByModel;
                DROP INDEX generationByProject;
                CREATE INDEX generationByTime ON generation (createdAt, id, conversationId);
                CREATE INDEX generationByTemplate ON generation (templateName, createdAt, id, conversationId);
                CREATE INDEX generationByModel ON generation (model, createdAt, id, conversationId);
                CREATE INDEX generationByProject ON generation (projectId, createdAt, id, conversationId);
                """)
    }

    /// A draft is edited if its text is not the one that was written first; so is the edited copy of an answer.
    ///
    /// The indexes hold the few drafts that have a mark, so that a filter reads no others. Their last columns are those that
    /// every list asks for.
    private static func addEdited(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE draft ADD COLUMN edited INTEGER NOT NULL DEFAULT 0
                """)
        try markEdited(db)
        try db.execute(
            sql: """
                CREATE INDEX draftEdited ON draft (generationId, ordinal, deletedAt, candidate, edited) WHERE edited;
                CREATE INDEX draftNoted ON draft (generationId, ordinal, deletedAt, candidate) WHERE note IS NOT NULL;
                CREATE INDEX draftRated ON draft (rating, generationId, ordinal, deletedAt, candidate)
                    WHERE rating IS NOT NULL;
                """)
    }

    /// Marks the drafts that the store's other rows show to be edited.
    static func markEdited(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE draft SET edited = 1 WHERE id IN (SELECT draftId FROM revision)
                    AND text <> (SELECT text FROM revision WHERE draftId = draft.id ORDER BY id LIMIT 1);
                UPDATE draft SET edited = 1 WHERE generationId IN
                    (SELECT id FROM generation WHERE conversationId IS NOT NULL AND relation = 'edit');
                """)
    }
}
