// What a person adds to a draft: tags, a note, a rating.

import ArgumentParser
import Generation
import Store

extension HistoryCommand {
    struct Tag: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tag", abstract: "Give a draft a tag, or take it away.",
            discussion: "Upper and lower case are equal. Drafts with a tag are found by: copydesk history list tag:NAME"
        )

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The draft's id, as history lists it.") var id: Int64
        @Argument(help: "The tag; it may have several words.") var name: [String]
        @Flag(help: "Take the tag away.") var remove = false

        func run() throws {
            let store = try shared.openStore()
            defer { try? store.close() }
            let before = try store.found(draft: id).draft.id
            let name = name.joined(separator: " ")
            let old = try store.tags(of: before)
            if remove { try store.untag(name, draftIds: [id]) } else { try store.tag(name, draftIds: [id]) }
            let new = try store.tags(of: id)
            let all = new.isEmpty ? "It has no tags." : "Its tags: \(new.joined(separator: ", "))."
            if old != new {
                return try Console.print("Draft \(id) \(remove ? "has lost" : "has") the tag '\(name)'. \(all)")
            }
            if !remove { return try Console.print("Draft \(id) has the tag '\(name)' already. \(all)") }
            throw Failure("Draft \(id) does not have the tag '\(name)'. \(all)")
        }
    }

    struct Note: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note", abstract: "Write a note beside a draft, or take it away.",
            discussion:
                "A note replaces the one before. Drafts with a note are found by: copydesk history list has:note")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The draft's id, as history lists it.") var id: Int64
        @Argument(help: "The note.") var text: [String] = []
        @Flag(help: "Take the note away.") var remove = false

        func validate() throws {
            if remove, !text.isEmpty { throw ValidationError("--remove takes the note away; it goes without a text.") }
            if !remove, text.allSatisfy(\.isEmpty) {
                throw ValidationError("Write the note behind the id, or take it away with --remove.")
            }
        }

        func run() throws {
            let store = try shared.openStore()
            defer { try? store.close() }
            let old = try store.found(draft: id).draft.note
            let note = remove ? nil : text.joined(separator: " ")
            try store.setNote(note, draftId: id)
            if let note { return try Console.print("Draft \(id) has the note: \(note)") }
            try Console.print(old == nil ? "Draft \(id) has no note." : "Draft \(id) has lost its note: \(old ?? "")")
        }
    }

    struct Rate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rate", abstract: "Rate a draft from 1 to 5, or take its rating away.",
            discussion: "Drafts are found by their ratings with: copydesk history list 'rating:>=4'")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The draft's id, as history lists it.") var id: Int64
        @Argument(help: "The rating, from 1 to 5.") var rating: Int?
        @Flag(help: "Take the rating away.") var remove = false

        func validate() throws {
            if remove, rating != nil {
                throw ValidationError("--remove takes the rating away; it goes without a number.")
            }
            if !remove, rating == nil {
                throw ValidationError("Give a rating from 1 to 5 behind the id, or take it away with --remove.")
            }
        }

        func run() throws {
            let store = try shared.openStore()
            defer { try? store.close() }
            _ = try store.found(draft: id)
            try store.setRating(rating, draftId: id)
            try Console.print(rating.map { "Draft \(id) is rated \($0) of 5." } ?? "Draft \(id) has no rating.")
        }
    }
}
