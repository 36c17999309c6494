// libFuzzer around the reader that FUZZ_TARGET names. Fuzz/run builds and starts it.

import Foundation
import FuzzReaders

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// FuzzerInterface.h of compiler-rt.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ readOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private let reader: FuzzReader = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let reader = FuzzReader(rawValue: name) else {
        fatalError("FUZZ_TARGET should be one of \(FuzzReader.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return reader
}()

private var count = CommandLine.argc
private var arguments = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { start, count in
        _ = reader.complaint(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    })
