// A store as version 0.1 wrote it, before the later steps of the schema.

import Foundation
import GRDB
import Generation
import Testing

@testable import Store

@Suite struct MigrationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `drafts, earlier texts, tags, trash and search of version 0,1 are all there afterwards`() throws {
        try makeOldStore(folder.store, isIndexed: true)
        let store = try DraftStore.open(path: folder.store)
        #expect(!store.recovery.rebuiltSearch)
        #expect(store.recovery.interruptedGenerations == [2])
        #expect(
            try store.value("SELECT group_concat(identifier, '; ') FROM grdb_migrations")
                == "1: projects, generations, drafts, revisions, tags; 2: starred drafts by generation; "
                + "3: generations by template, model and project; 4: details of drafts, candidates, parts; "
                + "5: candidates by generation; 6: conversations, turns; 7: edited drafts; notes and ratings by index")

        let generation = try #require(try store.generation(id: 1))
        #expect(generation.uuid == "0b8f0d4e-0000-4000-8000-000000000001")
        #expect(generation.templateName == "product-ad")
        #expect(generation.title == "Product ad")
        #expect(generation.fields == ["product": "Aurora, a solar desk lamp"])
        #expect(generation.systemPrompt == "Answer briefly.")
        #expect(generation.prompt == "<|im_start|>user\nSell the zeppelin<|im_end|>")
        #expect(generation.sampling.temperature == 0.9)
        #expect(generation.limits.characters == 30)
        #expect(generation.seed == .max)
        #expect(generation.timings.generatedTokens == 12)
        #expect(generation.drafts.map(\.text) == ["Light, all night.", "灯光", "thrown away"])
        #expect(generation.drafts.map(\.starred) == [true, false, false])
        #expect(generation.drafts[0].note == "ask Berlin")
        #expect(generation.drafts.map(\.isEdited) == [true, false, false])
        #expect(try store.exported(.found(HistoryQuery(edited: true))) == [1])
        #expect(try store.versions(of: 1).map(\.text) == ["Light all night", "Light, all nite.", "Light, all night."])
        #expect(try store.versions(of: 1).map(\.origin) == [.model, .edit, .editor])
        #expect(generation.drafts[2].deletedAt == 1_772_384_800)
        #expect(try store.revisions(of: 1).map(\.text) == ["Light all night", "Light, all nite."])
        #expect(try store.revisions(of: 1).map(\.origin) == [.edit, .editor])
        #expect(try store.tags(of: 1) == ["autumn"])
        #expect(try store.draft(id: 4)?.finishReason == .interrupted)

        #expect(try store.found("night") == ["Light, all night."])
        #expect(try store.found("灯") == ["灯光"])
        for query in ["zeppelin", "berlin", "autumn", "solar"] {
            #expect(try store.found(query).contains("Light, all night."), "\(query)")
        }
        #expect(try store.found("thrown", in: HistoryQuery(inTrash: true)) == ["thrown away"])
        #expect(try store.exported(.found(HistoryQuery(starred: true))) == [1])
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `an old store takes new drafts and edits after the migration`() throws {
        try makeOldStore(folder.store, isIndexed: true)
        let store = try DraftStore.open(path: folder.store)
        let kept = try store.keep("a new one")
        #expect(kept.drafts[0].id > 4)
        try store.revise(draftId: 2, text: "灯光和夜", origin: .edit)
        try store.setStarred(true, draftIds: [2])
        try store.close()
        let again = try DraftStore.open(path: folder.store)
        #expect(try again.found("夜") == ["灯光和夜"])
        #expect(try again.exported(.found(HistoryQuery(starred: true))) == [1, 2])
        #expect(try again.checkIntegrity().isEmpty)
    }

    @Test func `an old store without a search index gets one`() throws {
        try makeOldStore(folder.store, isIndexed: false)
        let store = try DraftStore.open(path: folder.store)
        #expect(store.recovery.rebuiltSearch)
        #expect(try store.found("night") == ["Light, all night."])
        #expect(try store.found("灯") == ["灯光"])
    }

    @Test func `an old store can be read, searched and exported if it cannot be migrated`() throws {
        try makeOldStore(folder.store, isIndexed: true)
        let store = try DraftStore.openReadOnly(path: folder.store)
        #expect(try store.generation(id: 1)?.drafts.count == 3)
        #expect(try store.found("night") == ["Light, all night."])
        #expect(try store.exported(.found(HistoryQuery(starred: true))) == [1])
        #expect(try store.exported(.all) == [1, 2, 4])
        let generation = try #require(try store.generation(id: 1))
        #expect(generation.candidateCount == 0 && generation.parts.isEmpty)
        #expect(generation.drafts.allSatisfy { $0.details.isEmpty && !$0.isCandidate })
        #expect(generation.drafts.map(\.isEdited) == [true, false, false])
        #expect(try store.exported(.found(HistoryQuery(edited: true))) == [1])
        #expect(try store.exported(.found(HistoryQuery(hasNote: true))) == [1])
    }

    @Test func `an old store has no conversations, and takes some after the migration`() throws {
        try makeOldStore(folder.store, isIndexed: true)
        let reader = try DraftStore.openReadOnly(path: folder.store)
        #expect(try reader.conversations(limit: 9).isEmpty)
        #expect(try reader.conversations(limit: 9, query: "lamp").isEmpty)
        #expect(try reader.newestConversation() == nil && reader.conversationId(named: "1") == nil)
        #expect(throws: StoreError.missingConversation(id: 1)) { try reader.openTurns(of: 1) }
        #expect(try reader.generation(id: 1)?.conversationId == nil)
        #expect(try reader.history(limit: 9).generations.map(\.id) == [2, 1])
        try reader.close()
        let store = try DraftStore.open(path: folder.store)
        let conversation = try store.beginConversation(.example("Talk"))
        try store.say("Hi", "One", in: conversation)
        #expect(try store.open(conversation) == "Hi One")
        #expect(try store.history(limit: 9).generations.map(\.id) == [2, 1])
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `a backup of version 0,1 can be restored`() throws {
        try makeOldStore(folder.path + "/old.db", isIndexed: true)
        let report = try DraftStore.restore(from: folder.path + "/old.db", to: folder.store)
        #expect(report.backup.drafts == 4)
        #expect(try DraftStore.open(path: folder.store).found("night") == ["Light, all night."])
    }

    /// Makes a store by the statements of version 0.1.
    private func makeOldStore(_ path: String, isIndexed: Bool) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { $0.add(tokenizer: SearchTokenizer.self) }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: MigrationTests.schema)
            try db.execute(sql: MigrationTests.rows)
            if isIndexed { try db.execute(sql: MigrationTests.index) }
        }
        try queue.close()
    }

    private static let schema = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1: projects, generations, drafts, revisions, tags');
        PRAGMA application_id = 1129339204;
        CREATE TABLE project (id INTEGER PRIMARY KEY, name TEXT NOT NULL, createdAt REAL NOT NULL, archivedAt REAL);
        CREATE TABLE generation (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE,
            projectId INTEGER NOT NULL REFERENCES project (id), createdAt REAL NOT NULL, finishedAt REAL,
            status TEXT NOT NULL, writer INTEGER, templateName TEXT, templateHash TEXT, title TEXT NOT NULL,
            fields TEXT NOT NULL DEFAULT '{}', systemPrompt TEXT, prompt TEXT NOT NULL DEFAULT '',
            sampling TEXT NOT NULL DEFAULT '{}', limits TEXT NOT NULL DEFAULT '{}', model TEXT NOT NULL,
            modelHash TEXT NOT NULL DEFAULT '', engine TEXT NOT NULL DEFAULT '', seed INTEGER NOT NULL,
            parentDraftId INTEGER REFERENCES draft (id) ON DELETE SET NULL, relation TEXT,
            timings TEXT NOT NULL DEFAULT '{}', failure TEXT);
        CREATE INDEX generationByTime ON generation (createdAt, id);
        CREATE INDEX generationByParent ON generation (parentDraftId) WHERE parentDraftId IS NOT NULL;
        CREATE INDEX generationRunning ON generation (writer) WHERE status = 'running';
        CREATE TABLE draft (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            generationId INTEGER NOT NULL REFERENCES generation (id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
            text TEXT NOT NULL DEFAULT '', finishReason TEXT, tokenCount INTEGER NOT NULL DEFAULT 0,
            starred INTEGER NOT NULL DEFAULT 0, rating INTEGER, note TEXT, createdAt REAL NOT NULL,
            updatedAt REAL NOT NULL, deletedAt REAL, UNIQUE (generationId, ordinal));
        CREATE INDEX draftStarred ON draft (id) WHERE starred;
        CREATE INDEX draftTrashed ON draft (deletedAt, id) WHERE deletedAt IS NOT NULL;
        CREATE TABLE revision (
            id INTEGER PRIMARY KEY AUTOINCREMENT, draftId INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
            createdAt REAL NOT NULL, origin TEXT NOT NULL, text TEXT NOT NULL);
        CREATE INDEX revisionByDraft ON revision (draftId, id);
        CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        CREATE TABLE draftTag (
            draftId INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
            tagId INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE, PRIMARY KEY (draftId, tagId)) WITHOUT ROWID;
        CREATE INDEX draftTagByTag ON draftTag (tagId, draftId);
        """

    private static let rows = """
        INSERT INTO project (id, name, createdAt) VALUES (1, 'Drafts', 1772384000);
        INSERT INTO generation VALUES (
            1, '0b8f0d4e-0000-4000-8000-000000000001', 1, 1772384709, 1772384712.5, 'complete', NULL, 'product-ad', 'cafe',
            'Product ad', '{"product":"Aurora, a solar desk lamp"}', 'Answer briefly.',
            '<|im_start|>user' || char(10) || 'Sell the zeppelin<|im_end|>', '{"temperature":0.9}',
            '{"characters":30,"hard":true}', 'built-in', 'ab12', 'copydesk 0.1.0', -1, NULL, NULL,
            '{"generatedTokens":12}', NULL);
        INSERT INTO generation (id, uuid, projectId, createdAt, status, writer, title, prompt, model, seed) VALUES (
            2, '0b8f0d4e-0000-4000-8000-000000000002', 1, 1772384900, 'running', 77, 'Once upon a time',
            'Once upon a time', 'built-in', 3);
        INSERT INTO draft VALUES
            (1, 1, 0, 'Light, all night.', 'stop', 5, 1, 4, 'ask Berlin', 1772384709, 1772384715, NULL),
            (2, 1, 1, '灯光', 'stop', 2, 0, NULL, NULL, 1772384709, 1772384711, NULL),
            (3, 1, 2, 'thrown away', 'limit', 2, 0, NULL, NULL, 1772384709, 1772384711, 1772384800),
            (4, 2, 0, 'there was', NULL, 2, 0, NULL, NULL, 1772384900, 1772384901, NULL);
        INSERT INTO revision VALUES (1, 1, 1772384713, 'edit', 'Light all night'),
            (2, 1, 1772384715, 'editor', 'Light, all nite.');
        INSERT INTO tag VALUES (1, 'autumn');
        INSERT INTO draftTag VALUES (1, 1);
        """

    private static let index = """
        CREATE VIRTUAL TABLE draftSearch USING fts5(text, prompt, note, tags, context, tokenize = 'copydesk');
        INSERT INTO draftSearch (rowid, text, prompt, note, tags, context) VALUES
            (1, 'Light, all night.', ' Sell the zeppelin ', 'ask Berlin', 'autumn',
                'Product ad' || char(10) || 'product-ad' || char(10) || 'Aurora, a solar desk lamp'),
            (2, '灯光', ' Sell the zeppelin ', '', '', 'Product ad' || char(10) || 'product-ad'),
            (3, 'thrown away', ' Sell the zeppelin ', '', '', 'Product ad' || char(10) || 'product-ad'),
            (4, '', 'Once upon a time', '', '', 'Once upon a time');
        PRAGMA user_version = 1;
        """
}

extension DraftStore {
    /// The ids of the drafts an export would take, in its order.
    func exported(_ selection: DraftSelection) throws -> [Int64] {
        var ids: [Int64] = []
        try reading(selection) { reader in try reader.forEach(selection) { ids.append($0.id) } }
        return ids
    }
}
