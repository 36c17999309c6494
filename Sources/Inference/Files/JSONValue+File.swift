// JSON that stands in a model file.

import Generation

extension JSONValue {
    /// - Parameter field: what of the file is JSON, for messages.
    /// - Throws: `ModelFileError.malformed` with the place.
    init(parsing bytes: [UInt8], path: String, field: String) throws(ModelFileError) {
        do throws(JSONError) {
            try self.init(parsing: bytes)
        } catch {
            throw .malformed(path: path, field: field, problem: error.problem)
        }
    }
}
