// What is missing of a conversation in the text that a chat template made of it.

import Generation
import Text

extension MessageForm {
    /// How many messages have a text that is missing in a rendered conversation, or stands in another order. System text
    /// may stand anywhere.
    /// - Parameter thoughtEnd: templates leave out what stands before it in an answer.
    func lossCount(in rendered: String, thoughtEnd: String?) -> Int {
        let text = Array(rendered.utf8)
        var start = 0
        return messages.count { message in
            let place = message.role == .system ? 0 : start
            let content = Array(TextLength.trimmed(message.content).utf8)
            var end = text.end(of: content, from: place)
            if end == nil, message.role == .assistant, let thoughtEnd,
                let thought = content.lastEnd(of: Array(thoughtEnd.utf8))
            {
                let answer = TextLength.trimmed(String(decoding: content[thought...], as: UTF8.self))
                end = text.end(of: Array(answer.utf8), from: place)
            }
            guard let end else { return true }
            if message.role != .system { start = end }
            return false
        }
    }
}

extension [UInt8] {
    /// The end of the first place of a part behind `start`.
    fileprivate func end(of part: [UInt8], from start: Int) -> Int? {
        guard let first = part.first else { return start }
        guard count - start >= part.count else { return nil }
        var index = start
        while index <= count - part.count {
            if self[index] == first, self[index..<(index + part.count)].elementsEqual(part) {
                return index + part.count
            }
            index += 1
        }
        return nil
    }

    fileprivate func lastEnd(of part: [UInt8]) -> Int? {
        guard !part.isEmpty, count >= part.count else { return nil }
        return (0...(count - part.count)).last { self[$0..<($0 + part.count)].elementsEqual(part) }
            .map { $0 + part.count }
    }
}
