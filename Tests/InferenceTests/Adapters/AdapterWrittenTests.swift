// Adapters as this program writes them, byte for byte: the files of Fixtures/adapters/written, which check_written.py there
// loads with PEFT and with llama.cpp. COPYDESK_WRITE_ADAPTERS=1 writes them again.

import Foundation
import Inference
import Testing

@Suite struct AdapterWrittenTests {
    private static let some = TinyAdapter.all.filter {
        ["llama", "llama-root", "llama-patterns", "qwen2", "gemma3", "gpt2"].contains($0.name)
    }
    private static let files = ["adapter_config.json", "adapter_model.safetensors", "adapter.gguf"]

    @Test(arguments: some)
    func `are the files that PEFT and llama.cpp load`(adapter: TinyAdapter) throws {
        let known = TinyAdapter.folder.appending(path: "written/\(adapter.name)").path
        let isWriting = ProcessInfo.processInfo.environment["COPYDESK_WRITE_ADAPTERS"] != nil
        let folder = isWriting ? known : NSTemporaryDirectory() + "copydesk-written-\(UUID().uuidString)"
        defer { if !isWriting { try? FileManager.default.removeItem(atPath: folder) } }
        let file = try adapter.file()
        var value = try adapter.adapter()
        value.baseHash = FileFingerprint.hash(of: file)
        try AdapterFiles.writeFolder(value, for: file, to: folder, replaces: true)
        try AdapterFiles.writeGGUF(value, to: folder + "/adapter.gguf")
        for name in Self.files {
            let found = try Data(contentsOf: URL(filePath: folder + "/" + name))
            let expected = try Data(contentsOf: URL(filePath: known + "/" + name))
            if name.hasSuffix(".json") {
                // How JSON is laid out is the library's affair.
                let objects = try [found, expected].map { try JSONSerialization.jsonObject(with: $0) as? NSDictionary }
                #expect(objects[0] != nil && objects[0] == objects[1], "\(name)")
            } else {
                #expect(found == expected && !found.isEmpty, "\(name)")
            }
        }
    }
}
