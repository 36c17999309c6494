// What is asked for at a terminal before a conversation begins.

import ArgumentParser
import Foundation
import Generation
import Templates

extension ChatOpening {
    /// Asks for the required fields of the persona that nobody gave. An empty answer takes the example.
    /// - Throws: `Interrupted` if the person does not answer.
    mutating func askForFields() async throws {
        guard let template = try? template() else { return }
        let missing = template.fields.filter {
            $0.rule.isRequired && $0.defaultValue.isEmpty && $0.rule.tidy(parameters[$0.name] ?? "").isEmpty
        }
        guard !missing.isEmpty else { return }
        Console.printError(
            "\(template.title) asks for \(missing.map(\.label).joined(separator: ", ")). Enter alone takes the example."
        )
        let reader = LineReader(environment: ProcessInfo.processInfo.environment)
        var answers: [String: String] = [:]
        for field in missing {
            let flat = field.example.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            Console.printError("Example: \(flat)")
            guard case .text(let text) = await reader.read(prompt: "\(field.label): ", history: []) else {
                throw Interrupted()
            }
            answers[field.name] = field.rule.tidy(text)
        }
        guard answers.values.contains(where: { !$0.isEmpty }) || !parameters.isEmpty else { return }
        for field in missing {
            let answer = answers[field.name] ?? ""
            parameters[field.name] = answer.isEmpty ? field.example : answer
        }
    }
}
