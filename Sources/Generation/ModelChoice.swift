// A model with adapters on top of it, as one text: `qwen2.5-0.5b + style:0.8`.
// - Every place that keeps or takes the name of a model can so have adapters too: settings, drafts, conversations.

/// The parts of a model's name.
public struct ModelChoice: Sendable, Hashable {
    /// An adapter, and how strongly it counts.
    public struct Adapter: Sendable, Hashable {
        /// As it was written, the scale included.
        public var text: String
        /// Without the scale: a name of the library, or a path.
        public var name: String
        public var scale: Float

        /// - Parameter text: a name or a path, and behind a colon a number if the scale is not 1.
        public init(_ text: String) {
            self.text = text
            (name, scale) = (text, 1)
            guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
                let number = Float(text[text.index(after: colon)...])
            else { return }
            (name, scale) = (String(text[..<colon]), number)
        }

        public init(name: String, scale: Float) {
            self.name = name
            self.scale = scale
            text = scale == 1 ? name : "\(name):\(Self.short(scale))"
        }

        private static func short(_ scale: Float) -> String {
            Int(exactly: scale).map { "\($0)" } ?? "\(scale)"
        }
    }

    /// The model alone.
    public var base: String
    /// In the order in which they are added.
    public var adapters: [Adapter]

    private static let separator = " + "

    public init(base: String, adapters: [Adapter]) {
        self.base = base
        self.adapters = adapters
    }

    public init(_ text: String) {
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: true).map(String.init)
        base = parts.first ?? text
        adapters = parts.dropFirst().map { Adapter($0) }
    }

    public var text: String { ([base] + adapters.map(\.text)).joined(separator: Self.separator) }
}
