package sluice.client.http;

import java.io.IOException;

/** The gateway has not got the request: there was no connection to it. */
public final class NotSentException extends IOException {

    private static final long serialVersionUID = 1L;

    public NotSentException(String message, Throwable cause) {
        super(message, cause);
    }
}
