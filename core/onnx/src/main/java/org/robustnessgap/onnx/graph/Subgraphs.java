package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Graphs within nodes, as If, Loop and Scan carry them. */
public final class Subgraphs {
  private Subgraphs() {}

  public static boolean has(NodeProto node) {
    return of(node).findAny().isPresent();
  }

  public static Stream<GraphProto> of(NodeProto node) {
    return node.getAttributeList().stream()
        .flatMap(
            attribute ->
                Stream.concat(
                    attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty(),
                    attribute.getGraphsList().stream()));
  }

  /** How many nodes a graph has, with those within them. */
  public static long size(GraphProto graph) {
    return graph.getNodeList().stream()
        .mapToLong(node -> 1 + of(node).mapToLong(Subgraphs::size).sum())
        .sum();
  }

  /** The domains of a node and of those within its graphs. */
  static Stream<String> domains(NodeProto node) {
    return Stream.concat(
        Stream.of(node.getDomain()),
        of(node).flatMap(graph -> graph.getNodeList().stream()).flatMap(Subgraphs::domains));
  }

  /** What a node reads, also from within its graphs; some of it may be their own. */
  public static Set<String> reads(NodeProto node) {
    Set<String> names = new HashSet<>(node.getInputList());
    of(node)
        .forEach(
            graph -> {
              graph.getNodeList().forEach(inner -> names.addAll(reads(inner)));
              graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(names::add);
            });
    names.remove("");
    return names;
  }

  /** A node with other names of its values, also within its graphs. */
  public static NodeProto renamed(NodeProto node, UnaryOperator<String> rename) {
    UnaryOperator<String> unlessLeftOut = name -> name.isEmpty() ? name : rename.apply(name);
    NodeProto.Builder renamed =
        node.toBuilder()
            .clearInput()
            .clearOutput()
            .addAllInput(node.getInputList().stream().map(unlessLeftOut).toList())
            .addAllOutput(node.getOutputList().stream().map(unlessLeftOut).toList())
            .setName(unlessLeftOut.apply(node.getName()));
    return withGraphs(renamed.build(), graph -> renamed(graph, rename));
  }

  private static GraphProto renamed(GraphProto graph, UnaryOperator<String> rename) {
    GraphProto.Builder renamed = emptied(graph);
    graph.getNodeList().forEach(node -> renamed.addNode(renamed(node, rename)));
    graph.getInputList().forEach(value -> renamed.addInput(renamed(value, rename)));
    graph.getOutputList().forEach(value -> renamed.addOutput(renamed(value, rename)));
    graph
        .getInitializerList()
        .forEach(
            tensor ->
                renamed.addInitializer(tensor.toBuilder().setName(rename.apply(tensor.getName()))));
    return renamed.build();
  }

  private static ValueInfoProto renamed(ValueInfoProto value, UnaryOperator<String> rename) {
    return value.toBuilder().setName(rename.apply(value.getName())).build();
  }

  /** A graph without anything in it, to be filled with other nodes and values. */
  public static GraphProto.Builder emptied(GraphProto graph) {
    return graph.toBuilder()
        .clearNode()
        .clearInput()
        .clearOutput()
        .clearInitializer()
        .clearValueInfo();
  }

  /** A node with each of its graphs replaced. */
  static NodeProto withGraphs(NodeProto node, UnaryOperator<GraphProto> replace) {
    if (!has(node)) {
      return node;
    }
    NodeProto.Builder changed = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      AttributeProto.Builder with = attribute.toBuilder();
      if (attribute.hasG()) {
        with.setG(replace.apply(attribute.getG()));
      }
      List<GraphProto> graphs = attribute.getGraphsList();
      for (int i = 0; i < graphs.size(); i++) {
        with.setGraphs(i, replace.apply(graphs.get(i)));
      }
      changed.addAttribute(with);
    }
    return changed.build();
  }
}
