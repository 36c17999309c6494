// What the name, the address, the variable of the key and the headers of an endpoint may be.
// - A sentence never repeats a text that may hold a secret: a password in an address, a key in the place of a name.

import Generation

/// Checks of an endpoint's values; each gives a sentence if the value is wrong.
public enum EndpointRules {
    /// The longest name, in characters.
    static let nameLimit = 64

    /// Names are letters, digits, `-`, `_` and `.`, so that ENDPOINT/MODEL can be told from a path.
    public static func problem(ofName name: String) -> String? {
        guard !name.isEmpty else { return "An endpoint needs a name, such as local. Give it one." }
        if name == "." || name == ".." {
            return "'\(name)' names a folder, so an endpoint cannot have this name. Choose another one."
        }
        guard name.utf8.count <= nameLimit else {
            return "The name of an endpoint has \(nameLimit) characters at most, and this one has "
                + "\(name.count). Choose a shorter one."
        }
        guard name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "-_.".utf8.contains($0) }) else {
            return "\(OptionLine.quoted(name)) cannot name an endpoint: a name has letters, digits, '-', '_' and '.' "
                + "alone. Choose another one."
        }
        return nil
    }

    /// An address begins with http:// or https:// and has a host; it has no user, no query and no fragment.
    public static func problem(ofAddress address: String) -> String? {
        let example = "Write it as http://127.0.0.1:8080/v1."
        // A user and a password stand before an @. Whatever else is wrong, they are not repeated.
        let quoted = address.contains("@") ? "The address" : OptionLine.quoted(address)
        guard !address.isEmpty else { return "An endpoint needs the url of its server. \(example)" }
        guard address.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            return "\(quoted) has a character in it that no address has. \(example)"
        }
        guard let scheme = ["http://", "https://"].first(where: { address.lowercased().hasPrefix($0) }) else {
            return "\(quoted) is not the address of a server: it does not begin with http:// or https://. \(example)"
        }
        let rest = address.dropFirst(scheme.count)
        let place = rest.prefix { !"/?#".contains($0) }
        if place.contains("@") {
            return "The address has a user or a password in it, which would be shown wherever the address is. "
                + "Remove it; the server's key has a place of its own."
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            return "\(quoted) has a query or a fragment (? or #), and an endpoint's address ends with its path. "
                + "Remove it."
        }
        guard let (host, port) = hostAndPort(place), !host.isEmpty else {
            return "\(quoted) names no host. \(example)"
        }
        if let port, UInt16(port).map({ $0 > 0 }) != true {
            return "\(quoted) has no valid port: a port is a number from 1 to 65535. \(example)"
        }
        return nil
    }

    /// The name of an environment variable: letters, digits and `_`, no digit first.
    public static func problem(ofKeyVariable name: String) -> String? {
        let isName =
            name.utf8.first.map { isLetter($0) || $0 == UInt8(ascii: "_") } == true
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") } && name.utf8.count <= 128
        return isName
            ? nil
            : "'key_env' takes the name of an environment variable that holds the key, such as OPENAI_API_KEY, and not "
                + "the key itself. Write the name."
    }

    /// The name of a header is a token of HTTP, and its value is one line.
    public static func problem(ofHeader name: String, value: String) -> String? {
        guard !name.isEmpty,
            name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) })
        else { return "\(OptionLine.quoted(name)) is not the name of a header. Write one such as X-Title." }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            return "The header '\(name)' has a control character in its value. Write it on one line."
        }
        return nil
    }

    /// Host and port of the part between `//` and the path; `nil` if a bracket of an IPv6 address is not closed.
    private static func hostAndPort(_ place: Substring) -> (host: Substring, port: Substring?)? {
        if place.first == "[" {
            guard let end = place.firstIndex(of: "]") else { return nil }
            let rest = place[place.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            return (place[...end].dropFirst().dropLast(), rest.isEmpty ? nil : rest.dropFirst())
        }
        guard let colon = place.lastIndex(of: ":") else { return (place, nil) }
        return (place[..<colon], place[place.index(after: colon)...])
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
