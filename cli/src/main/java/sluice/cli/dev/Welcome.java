package sluice.cli.dev;

import java.io.PrintStream;

/** What a newcomer may try once the cluster runs. */
final class Welcome {

    private Welcome() {}

    static void print(DevSettings settings, double seconds, PrintStream out) {
        int gateways = settings.gateways();
        var first = url(settings, 0);
        var second = url(settings, 1 % gateways);
        var third = url(settings, 2 % gateways);
        int basePort = settings.ports().http().getFirst();
        var option = basePort == 8080 ? "" : " --gateway " + first;
        out.printf("%nSluice is ready after %.1f s.%n%n", seconds);
        for (int i = 0; i < gateways; i++) {
            out.printf("  gateway-%-3d %s%n", i + 1, url(settings, i));
        }
        out.printf(
                "  S3          http://localhost:%d  (bucket %s, keys %s / %s)%n",
                settings.ports().s3(),
                DevSettings.BUCKET,
                DevSettings.ACCESS_KEY,
                DevSettings.SECRET_KEY);
        out.printf("  DynamoDB    http://localhost:%d%n", settings.ports().dynamoDb());
        out.printf("  API, to try in a browser: %s/q/swagger-ui%n", first);
        out.printf(
                """

                In another terminal:

                  curl -X PUT %s/v1/topics/hello \\
                       -H 'Content-Type: application/json' -d '{"partitions":1}'
                  curl -X POST '%s/v1/topics/hello/records?acks=all' \\
                       -H 'Content-Type: application/json' -d '{"records":[{"key":"ann","value":"two apples"}]}'
                  curl '%s/v1/topics/hello/partitions/0/records?offset=0'

                  ./sluice topic list%s
                  printf 'one\\ntwo\\n' | ./sluice produce hello%s
                  ./sluice consume hello%s

                Ctrl-C stops all; the data stays (--fresh starts anew).
                """,
                first, second, third, option, option, option);
        out.flush();
    }

    private static String url(DevSettings settings, int gateway) {
        return "http://localhost:" + settings.ports().http().get(gateway);
    }
}
