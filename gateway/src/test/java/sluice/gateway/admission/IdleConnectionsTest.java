package sluice.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;

@QuarkusTest
final class IdleConnectionsTest {

    private static final int CONNECTIONS_MAX = 10_000;
    private static final int FILES_BESIDES = 2_000;

    @Test
    void thousandsOfThemHoldUpNobody() throws IOException {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        // Both ends of every connection are open files of this process.
        long room = (system.getMaxFileDescriptorCount() - FILES_BESIDES) / 2;
        assumeTrue(room > 0, "this process may open too few files");
        String topic = Api.newTopic(1);
        var idle = new ArrayList<SocketChannel>();
        try {
            while (idle.size() < Math.min(CONNECTIONS_MAX, room)) {
                idle.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", Api.port())));
            }

            assertEquals(200, Api.produce(topic, "{\"records\":[{\"value\":\"a\"}]}").status());
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }
}
