package sluice.client.json;

/** Bytes are not the JSON that was expected; whoever reads them says what that means. */
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
