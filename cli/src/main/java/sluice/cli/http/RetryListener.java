package sluice.cli.http;

import java.time.Duration;

/** Hears of calls that must be repeated; called on the caller's thread, so it must not block. */
public interface RetryListener {

    /**
     * @param reason what the last attempt met, with the gateway's address
     * @param trying how long the call has been tried
     */
    void retrying(String reason, Duration trying);

    /** For callers who are too short-lived to tell. */
    RetryListener SILENT = (_, _) -> {};
}
