package sluice.uploader.s3;

import java.time.Duration;

/**
 * How long and how much at a time.
 *
 * @param connect until a connection stands
 * @param silence without a byte before a call is given up
 * @param call for one call as a whole; an object of 64 MiB must fit
 * @param connectionsMax open at a time; callers beyond it wait {@code connect} long
 * @param listPageMax keys asked for in one request; S3 gives no more than 1,000
 */
public record S3Limits(
        Duration connect, Duration silence, Duration call, int connectionsMax, int listPageMax) {

    public static final S3Limits DEFAULT =
            new S3Limits(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    64,
                    1_000);
}
