import ArgumentParser

/// Reads the whole numbers of options.
///
/// An option that uses it is parsed unconditionally: ArgumentParser takes `-1` for an option, and would only say that a
/// value is missing.
enum NumberArgument {
    static func whole(_ text: String) throws -> Int {
        guard let number = Int(text) else { throw ValidationError("It takes a whole number, such as 5.") }
        return number
    }

    static func seed(_ text: String) throws -> UInt64 {
        guard let number = UInt64(text) else {
            throw ValidationError("A seed is a whole number from 0 to \(UInt64.max).")
        }
        return number
    }
}
