// A recipe: a YAML file that says all of a run, so that anyone can make it again.
// - Paths in it are taken from the recipe's own folder.
// - All problems of a file are found at once, each with its line.

import Foundation
import Generation
import YAMLReading
import Yams

/// A run as a file describes it.
public struct Recipe: Sendable {
    /// The model that the run begins with.
    public enum Beginning: Sendable {
        /// One that is there, by the name or the path that the person gives.
        case model(String)
        case fresh(FreshBeginning)
    }

    public var beginning: Beginning
    public var job: TrainingJob

    /// The largest recipe that is read.
    public static let byteLimit = 1 << 20

    /// - Throws: `RecipeError` with all problems.
    public init(path: String) throws {
        let name = URL(filePath: path).lastPathComponent
        func single(_ reason: String, line: Int = 0, column: Int = 0) -> RecipeError {
            RecipeError(problems: [FileProblem(file: path, line: line, column: column, reason: reason)])
        }
        let text: String
        do {
            text = try SourceFile.text(of: SourceFile.bytes(of: path, atMost: Self.byteLimit, as: "a recipe"))
        } catch {
            throw single(error.reason, line: error.place?.line ?? 0, column: error.place?.column ?? 0)
        }
        let source = YAMLSource(text: text, subject: name, owner: "A recipe", example: "data: corpus.txt")
        let root: Node.Mapping?
        do {
            root = try source.root()
        } catch {
            throw single(error.reason, line: error.line, column: error.column)
        }
        guard let root else { throw single("This recipe is empty. It needs 'data', and 'model' or 'base'.") }
        var reader = RecipeReader(path: path)
        guard let recipe = reader.recipe(root), reader.problems.isEmpty else {
            throw RecipeError(problems: reader.problems)
        }
        self = recipe
    }

    init(beginning: Beginning, job: TrainingJob) {
        self.beginning = beginning
        self.job = job
    }
}

/// The problems of a recipe.
public struct RecipeError: Error, Sendable, Equatable, CustomStringConvertible {
    public var problems: [FileProblem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
