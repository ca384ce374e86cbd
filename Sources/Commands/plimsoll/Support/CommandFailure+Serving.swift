import HTTPFronts

extension CommandFailure {
    /// Runs what serves; why it cannot serve is told in the words of commands.
    static func whileServing(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ListenFailure {
            throw CommandFailure(.badInput, error.description, advice: error.advice)
        } catch let error as MachineLimitError {
            throw CommandFailure(.badInput, error.description, advice: error.advice)
        } catch let error as UnguardedAddressError {
            throw CommandFailure(
                .badInput, error.description,
                advice:
                    "make a token with `plimsoll tokens create --data DIR`, listen on 127.0.0.1, or add --insecure to "
                    + "serve whoever comes"
            )
        }
    }
}
