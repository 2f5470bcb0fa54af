package sluice.client.queue;

import java.time.Duration;
import sluice.client.link.LinkSettings;

/**
 * What a session is made with.
 *
 * @param concurrency handlers at the same time
 * @param credit messages that it has at one time
 * @param retryPause before settlements are repeated that were not carried out
 */
record QueueSettings(
        LinkSettings link, String client, int concurrency, int credit, Duration retryPause) {}
