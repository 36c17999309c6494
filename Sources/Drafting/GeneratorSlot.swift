// The generator that writes: opened in the background, replaced on request.
// - A model that cannot be opened never replaces one that can: the generator before it stays in use.
// - Of several requests the last one counts, whichever model opens first.

import Generation
import Synchronization

/// No model was ever chosen.
public struct NoModelChosen: Error, CustomStringConvertible {
    public var description: String { "No model is chosen. Choose one first." }
}

/// The place of the generator in use.
public final class GeneratorSlot: Sendable {
    public typealias Opening = Task<any TextGenerator, any Error>

    private let open: @Sendable (String?) throws -> any TextGenerator
    /// The generator in use, or the opening of it.
    private let current = Mutex<Opening?>(nil)

    /// - Parameter open: opens a generator by its name, `nil` for the built-in one; it may take long.
    public init(open: @escaping @Sendable (String?) throws -> any TextGenerator) { self.open = open }

    /// Opens a generator and, if that succeeds, uses it from now on.
    /// - Returns: the opening, which throws if this very model cannot be opened.
    @discardableResult
    public func use(_ name: String?) -> Opening {
        let opening = opening(of: name)
        replace(by: opening)
        return opening
    }

    /// Opens a generator and uses it from now on; if it cannot be opened, opens another one and uses that.
    /// - Returns: the opening of the first; and the opening of the one in use, which is the other's if the first fails.
    @discardableResult
    public func use(_ name: String?, orElse other: String?) -> (first: Opening, used: Opening) {
        let first = opening(of: name)
        let used = Opening { [self] in
            do { return try await first.value } catch { return try await opening(of: other).value }
        }
        replace(by: used)
        return (first, used)
    }

    private func opening(of name: String?) -> Opening {
        Opening.detached(priority: .userInitiated) { [open] in try open(name) }
    }

    private func replace(by opening: Opening) {
        current.withLock { current in
            let before = current
            current = Opening {
                do {
                    return try await opening.value
                } catch {
                    guard let before else { throw error }
                    return try await before.value
                }
            }
        }
    }

    /// The generator in use; waits while it is being opened.
    /// - Throws: `NoModelChosen`, or the error of the opening if there is no generator before it.
    public func generator() async throws -> any TextGenerator {
        guard let opening = current.withLock({ $0 }) else { throw NoModelChosen() }
        return try await opening.value
    }
}
