// The templates inside the executable.

import CEmbed
import Jinja

enum BuiltInTemplates {
    /// In the order of their names; parsed once per run.
    static let all: [PromptTemplate] = RoomyThread.run {
        files().compactMap { file in
            // An invalid built-in template is our own mistake; a test finds it before a user can.
            try? PromptTemplate(bytes: file.bytes, file: file.name, origin: .builtIn)
        }
    }

    /// One of them, by its name (`slogan` or `headlines/slogan`); the others are not parsed.
    static func template(named name: String) -> PromptTemplate? {
        guard let file = files().first(where: { $0.name == name || $0.name.hasSuffix("/" + name) }) else { return nil }
        return RoomyThread.run { try? PromptTemplate(bytes: file.bytes, file: file.name, origin: .builtIn) }
    }

    /// Name (`headlines/slogan`) and bytes of each template.
    static func files() -> [(name: String, bytes: [UInt8])] {
        (0..<ce_template_count()).map { index in
            let bytes = UnsafeBufferPointer(start: ce_template_bytes(index), count: ce_template_byte_count(index))
            return (String(cString: ce_template_name(index)), Array(bytes))
        }
    }
}
