import Bytes

/// What a template says, part by part.
indirect enum TemplateNode: Hashable, Sendable {
    case text([UInt8])
    case action(TemplatePipeline)
    case condition(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case range(TemplatePipeline, each: [TemplateNode], otherwise: [TemplateNode])
    case call(name: ByteText, TemplatePipeline?, line: Int)
    case leave
    case next
}

/// Commands, each taking the value of the one before as its last argument; what they give may go into variables.
struct TemplatePipeline: Hashable, Sendable {
    var variables: [ByteText] = []
    /// Whether the variables are there already.
    var isAssignment = false
    var commands: [[TemplateOperand]] = []
    let line: Int
}

indirect enum TemplateOperand: Hashable, Sendable {
    case dot
    case nothing
    case constant(TemplateValue)
    case function(ByteText)
    case variable(ByteText)
    case pipeline(TemplatePipeline)
    /// Fields of what stands before: `.a.b`.
    case fields(of: TemplateOperand, [ByteText])
}
