// Byte-pair encoding: the most frequent pair of neighbouring symbols becomes a new symbol, again and again.
// - Merges and symbols are those of the `BpeTrainer` of Hugging Face's tokenizers 0.23, with the bytes as the initial
//   alphabet: equal counts are decided by the symbols of the pair; a pair whose text is a symbol already becomes that
//   symbol; a pair's entry knows the words in which the pair appeared when the entry was made.
// - A merge looks only at the words that may hold its pair, and changes the counts of the pairs beside it.
// Neural Machine Translation of Rare Words with Subword Units, arXiv:1508.07909, section 3.2.

import Generation
import Inference

struct PairMerging {
    private(set) var symbols: SymbolTable
    private(set) var merges: [SymbolPair] = []

    /// The words, one after another, as symbols.
    private var text: [UInt32] = []
    private var starts: [Int] = []
    private var lengths: [Int] = []
    private var counts: [Int] = []
    private var pairs = PairTable()
    private var queue = MergeQueue()

    /// - Parameter symbols: holds a symbol for each byte.
    init(_ words: WordTable, symbols: SymbolTable) {
        self.symbols = symbols
        text.reserveCapacity(words.byteCount)
        for index in 0..<words.count {
            let word = words.word(index)
            guard word.count > 1 else { continue }
            starts.append(text.count)
            lengths.append(word.count)
            counts.append(words.counts[index])
            for byte in word { text.append(symbols.byteSymbols[Int(byte)]) }
        }
        for word in starts.indices {
            for place in starts[word]..<starts[word] + lengths[word] - 1 {
                pairs.add(SymbolPair(text[place], text[place + 1]), times: counts[word], in: UInt32(word))
            }
        }
        queueChangedPairs()
    }

    /// Merges until there are `size` symbols, or no pair occurs at least once and `minFrequency` times.
    /// - Parameter progress: called with the number of symbols now and then.
    /// - Throws: `CancellationError`.
    mutating func run(
        until size: Int, minFrequency: Int, stopSignal: StopSignal, progress: (Int) -> Void
    ) throws {
        while symbols.count < size, let first = queue.first {
            let count = pairs.count(first.pair)
            guard count == first.count else {
                queue.correctFirst(count: count)
                continue
            }
            guard count >= max(1, minFrequency) else { break }
            if stopSignal.isRaised { throw CancellationError() }
            let words = queue.removeFirst()
            let new = symbols.joined(first.pair)
            merges.append(first.pair)
            for word in words { merge(first.pair, to: new, in: word) }
            queueChangedPairs()
            if merges.count % 64 == 0 { progress(symbols.count) }
        }
    }

    private mutating func merge(_ pair: SymbolPair, to new: UInt32, in word: UInt32) {
        let start = starts[Int(word)]
        let end = start + lengths[Int(word)]
        let count = counts[Int(word)]
        let (left, right) = (pair.left, pair.right)
        var read = start
        var write = start
        while read < end {
            let symbol = text[read]
            if symbol == left, read + 1 < end, text[read + 1] == right {
                if write > start {
                    let before = text[write - 1]
                    pairs.remove(SymbolPair(before, left), times: count)
                    pairs.add(SymbolPair(before, new), times: count, in: word)
                }
                if read + 2 < end {
                    let after = text[read + 2]
                    pairs.remove(SymbolPair(right, after), times: count)
                    pairs.add(SymbolPair(new, after), times: count, in: word)
                }
                text[write] = new
                read += 2
            } else {
                text[write] = symbol
                read += 1
            }
            write += 1
        }
        lengths[Int(word)] = write - start
    }

    private mutating func queueChangedPairs() {
        for (pair, words) in pairs.takeChanged() {
            let count = pairs.count(pair)
            if count > 0 { queue.add(pair, count: count, words: words, step: Int32(clamping: merges.count)) }
        }
    }
}

/// The symbols of a vocabulary: special tokens, bytes, and what is merged of them.
struct SymbolTable {
    /// The text of each symbol; bytes in GPT-2's alphabet.
    private(set) var texts: [[UInt8]] = []
    /// The symbol of each byte.
    private(set) var byteSymbols = [UInt32](repeating: 0, count: 256)
    private var symbols: [[UInt8]: UInt32] = [:]

    /// - Parameter specials: those that are named twice count once.
    init(specials: [String]) {
        for special in specials { _ = symbol(of: Array(special.utf8)) }
        for byte in ByteAlphabet.bytesByCharacter {
            var text: [UInt8] = []
            ByteAlphabet.append(byte, to: &text)
            byteSymbols[Int(byte)] = symbol(of: text)
        }
    }

    var count: Int { texts.count }

    /// The symbol of the text of a pair; a new one if no symbol has it.
    mutating func joined(_ pair: SymbolPair) -> UInt32 {
        symbol(of: texts[Int(pair.left)] + texts[Int(pair.right)])
    }

    private mutating func symbol(of text: [UInt8]) -> UInt32 {
        if let known = symbols[text] { return known }
        let new = UInt32(texts.count)
        symbols[text] = new
        texts.append(text)
        return new
    }
}
