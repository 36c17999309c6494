// Formats that cannot be imported, told by their first bytes, so that each gets its own sentence.

import Text

enum OtherFormat {
    /// - Parameter start: the first bytes of a file, at most 4,096, not all of them space.
    /// - Throws: `ImportError` if they begin no JSON.
    static func refuse(_ start: ArraySlice<UInt8>, _ file: String) throws(ImportError) {
        let bytes = Array(start)
        for packed: [UInt8] in [
            [0x1F, 0x8B], [0xFD, 0x37, 0x7A], [0x37, 0x7A, 0xBC, 0xAF], [0x42, 0x5A, 0x68], [0x28, 0xB5, 0x2F, 0xFD],
            [0x50, 0x4B, 3, 4], Array("Rar!".utf8),
        ] where bytes.starts(with: packed) {
            throw .compressed(file: file)
        }
        let pictures: [(name: String, start: [UInt8])] = [
            ("JPEG", [0xFF, 0xD8, 0xFF]), ("GIF", Array("GIF8".utf8)), ("WebP", Array("RIFF".utf8)),
        ]
        for picture in pictures where bytes.starts(with: picture.start) {
            throw .picture(file: file, kind: picture.name)
        }
        let first = bytes.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
        if first == UInt8(ascii: "<") { throw .webPage(file: file) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            do throws(OutsideTextError) {
                _ = try OutsideText.text(of: bytes)
            } catch {
                if case .otherEncoding = error { throw .notText(file: file, error) }
            }
            throw .unknown(file: file)
        }
    }
}
