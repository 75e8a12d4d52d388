package org.robustnessgap.serving.oip;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;

/** Requests over gRPC, with the headers that all of them carry. */
final class GrpcCalls implements AutoCloseable {
  /** Answers are scores; the library's own 4 MiB hold those of ImageNet for a batch of 1000. */
  private static final int LARGEST_ANSWER = 64 << 20;

  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;

  private final OipAddress address;
  private final Credentials credentials;
  private final Deadlines deadlines;
  private @Nullable ManagedChannel channel;

  GrpcCalls(OipAddress address, Credentials credentials, Deadlines deadlines) {
    this.address = address;
    this.credentials = credentials;
    this.deadlines = deadlines;
  }

  /** Host and port, for messages. */
  String place() {
    return address.host() + ":" + port();
  }

  private int port() {
    if (address.port() >= 0) {
      return address.port();
    }
    return address.secure() ? TLS_PORT : PLAIN_PORT;
  }

  /**
   * @throws CallFailure if no answer comes, or one that tells of a failure
   * @throws ServerUnavailableException if the thread is interrupted, which remains seen
   */
  byte[] send(MethodDescriptor<byte[], byte[]> method, byte[] request) throws CallFailure {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(deadlines.request().toNanos(), TimeUnit.NANOSECONDS);
    try {
      return ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(
              open(), MetadataUtils.newAttachHeadersInterceptor(headers())),
          method,
          options,
          request);
    } catch (StatusRuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new ServerUnavailableException(
            "What waited for an answer of " + place() + " was interrupted.", 0, e);
      }
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        // The channel itself would try again later and later; when is decided elsewhere.
        close();
      }
      throw GrpcFailures.of(place(), e, deadlines.request(), credentials.secrets());
    }
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    credentials.headers().forEach((name, value) -> put(headers, name, value));
    put(headers, HttpCalls.PROBE_HEADER, "1");
    return headers;
  }

  private static void put(Metadata headers, String name, String value) {
    headers.put(
        Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private ManagedChannel open() {
    if (channel == null) {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress(address.host(), port())
              .userAgent(HttpCalls.USER_AGENT)
              .maxInboundMessageSize(LARGEST_ANSWER)
              .withOption(
                  ChannelOption.CONNECT_TIMEOUT_MILLIS,
                  Math.toIntExact(deadlines.connect().toMillis()));
      channel =
          (address.secure() ? builder.useTransportSecurity() : builder.usePlaintext()).build();
    }
    return channel;
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.shutdownNow();
      channel = null;
    }
  }
}
