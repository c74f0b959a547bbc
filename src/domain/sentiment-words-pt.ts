import type { LanguageWords } from "./sentiment-vocabulary.ts";

/** Brazilian Portuguese as it is written in chat. Written for this project from knowledge of the language; no list of anybody's was used. */
export const PORTUGUESE: LanguageWords = {
  words: [
    [
      3,
      `incrível incríveis maravilhoso maravilhosa maravilhosos maravilhosas maravilha perfeito perfeita perfeitos perfeitas
      perfeição sensacional sensacionais espetacular espetaculares fantástico fantástica excelente excelentes magnífico magnífica
      extraordinário extraordinária fenomenal genial geniais brilhante espetáculo impecável melhor melhores amo amei amamos ama
      amar amando adoro adorei adora adorando apaixonado apaixonada apaixonante lindo linda lindos lindas lindíssimo lindíssima
      lindão lindona ótimo ótima ótimos ótimas topíssimo brabíssimo brabíssima fodástico fodastico bravíssimo parabéns lenda
      lendário lendária obra-prima divo diva deusa goat divino divina magistral surreal`,
    ],
    [
      2,
      `bom boa bons boas bonito bonita bonitos bonitas legal legais bacana maneiro massa show top topzera topzeira topper daora
      dahora irado irada sinistro brabo braba brabos foda fodas fodão fodona pika pica picas insano insana insanos monstro
      monstra mito mita mitou mitando mitagem rei rainha craque gênio genia gigante fera ídolo ídola herói heroína campeão campeã
      campeões vitória vitórias venceu vencemos ganhei ganhou ganhamos ganharam golaço jogão jogaço partidaça obrigado obrigada
      obg brigado brigada obrigadão valeu vlw vlws agradeço agradecido grato grata gratidão feliz felizes felicidade alegre
      alegria alegrias contente animado animada empolgado empolgada emocionante emocionado emocionada emocionei arrepiei
      arrepiado divertido divertida divertidos diversão engraçado engraçada engraçados hilário hilária cômico comédia ri rindo
      rimos rir fofo fofa fofos fofas fofinho fofinha fofura gata gostoso gostosa delícia delicioso deliciosa gostei gostamos
      gostando curti curtindo curtimos merece mereceu merecido merecida merecem orgulho orgulhoso orgulhosa sucesso inteligente
      esperto esperta talentoso talentosa talento habilidoso habilidade amassando amassou arrasou arrasa arrasando humilhou
      brilhou brilha carregou carrega evoluiu impressionante impressionado caprichado capricho sextou uhul uhuu uhu oba eba aee
      aeee aeea eee ebaa boraa hype hypado hypada amor amores amoor paixão carinho carinhoso beijo beijos bjs bjo bjos abraço
      abraços abs abraçasso anjo anjos abençoado abençoada bênção benção simpático simpática gentil querido querida queridos
      lindeza belo bela belíssimo belíssima supimpa joia jóia bala pedrada crocante liso lisa lisinho fluido satisfatório
      prazeroso relaxante confortável aconchegante seguro sonho incentivo motivação esforçado dedicado clutch god gg ggs ggwp wp
      nice pog diferenciado diferenciada embalado embrazado virada superou salvou recomendo recomendado aprovado viciante genuíno
      sincero especial cabuloso cabulosa estouro estourado tankou nocaute cravou cravado humilde respeito respeita honra virei-fã
      fã fãs mec suave tranquilo confiança épico épica show-de-bola saudades-boas gratificante histórica histórico imperdível
      fofíssimo gostosinho`,
    ],
    [
      1,
      `bem bonitinho bonitinha legalzinho tmj tamojunto juntos companhia amigo amiga amigos amigas brother família bem-vindo
      bem-vindos bemvindo bemvindos bemvinda benvindo melhorou melhoras melhorando consegui conseguiu conseguimos resolveu
      resolvido funcionou voando útil fácil facinho justo justa correto concordo saudade saudades sdds sorte sortudo sortuda
      presentes ganhar ganha vencer vitorioso forte fortes força forças firme confio tomara esperança bora-la paz calmo saudável
      interessante uau wow caprichou agradável festa festejar comemorar comemoração niver aniversário sonhos sorriso sorrindo
      sorri riso risada risadas brabinho boinha boazinha bonzinho quentinho cheirosa cheiroso chique estiloso estilosa milagre
      glória amém gostosinha apoio apoiar bjinhos abençoe caridoso generoso generosa educado educada defendeu carisma carismático
      carismática evolução progresso ajudou ajudam salvei subiu renovando compensa`,
    ],
    [
      -1,
      `meh difícil complicado complicada estranho estranha lento lenta lentidão lag lagado lagada lagando lagou travando travou
      travado travada bug bugs bugado bugada bugou bugando erro erros errou errei erra errando perdi perdeu perde perdemos perder
      perdendo perderam perdido perdida confuso confusa confusão demora demorado demorou demorando delay cansativo cansei cansou
      exausto exausta preguiça preguiçoso preguiçosa medo assustador assustadora assustei nervoso nervosa preocupado preocupada
      ansiedade pena tadinho tadinha coitado coitada faltou sofrendo sofre sofrer sofri sofrimento caro caríssimo desisto
      desistiu desisti desistir quebrou quebrado quebrada quebraram desligou reprovar reprovei reprovado injusto injusta
      injustiça azar azarado azarada tilt tilted tiltado tiltou tiltei throw throwou throwando choke pipocou pipoqueiro smurf
      hacker hackers cheater xiter xitado chorando chora-mais noob noobs newba nub fraco fraca fracos fracas fraquinho duvido
      droga vish ihh ish putz aff affs afs affe eca credo cruzes poxa poxinha dor doente doendo gripe mal machucou doeu dói
      incomoda incomodando atrapalha atrapalhou atrapalhando barulhento abafado estourando chiado chiando desnecessário cancelou
      cancelado adiaram copium esgotou atrasou repetitivo enjoei enjoado enjoativo genérico mediano mid esperava-mais piorou
      piorando negativo sacanagem zuado sem-graça sonolento pesadelo solitário enganado`,
    ],
    [
      -2,
      `ruim ruins ruinzinho mau maus feio feia feios feias chato chata chatos chatas chatice chatão tedioso tédio entediante
      entediado monótono insuportável irritante irrita irritado irritada irritando triste tristes tristeza tristão deprimente
      deprimido depressão decepção decepciona decepcionado decepcionada decepcionante decepcionou raiva ódio odeio odiei odeia
      odiando odiar detesto detestei nojo nojento nojenta nojeira vergonha vergonhoso vergonhosa ridículo ridícula ridículos
      patético patética burro burra burros burrice burrão idiota idiotas imbecil imbecis otário otária otários trouxa babaca
      babacas palhaço palhaça palhaçada palhaços lixo lixos lixão lixoso bosta merda merdas porcaria tosco tosca podre fracasso
      fracassado fracassada inútil inúteis incompetente ladrão ladrões golpe golpista mentira mentiroso mentirosa falso falsa
      hipócrita arrogante escroto escrota cuzão cuzao cu arrombado arrombada desgraça desgraçado desgraçada maldito maldita praga
      inferno infernal fdp vtnc vsf tnc vsfd pnc corno corna vagabundo vagabunda vadia retardado retardada mongol mongoloide
      doente-mental tóxico tóxica tóxicos toxico toxica horroroso horrorosa desastre desastroso tragédia trágico flopou flop
      flopado flopada cringe cringezaço desanima desanimador desanimado desanimada desânimo frustrante frustrado frustrada
      frustração arrependo arrependi arrependido lamentável lamento infelizmente infeliz roubado roubada sofrível fedido
      fedorento nefasto crime desgosto agonia estragou estraga estragaram estragado desinstala desinstalei afundou unfollow
      ofensa ofensivo racista racismo machista homofóbico preconceito nazista fascista desafinado injustiçado abandonado
      abandonaram desrespeito desrespeitoso broxante brochante brocha bagre bagres ruindade lixoo sujo mentirosos pebinha
      perrengue fodeu fudeu ferrou lascou trola troll trollando insuportáveis`,
    ],
    [
      -3,
      `horrível horríveis péssimo péssima péssimos péssimas terrível terríveis pior piores deplorável abominável asqueroso
      repugnante vomitar intragável escória`,
    ],
    [0, `no na pain mate legalmente so mas más a e o saia`],
  ],
  phrases: [
    [
      3,
      `melhor live|muito bom|muito boa|mt bom|mt boa|mto bom|bom demais|boa demais|bom dms|bom d|show de bola|te amo|amo vc|
      amo vcs|amo você|mandou bem|joga muito|jogou muito|joga mt|jogou mt|jogando muito|jogando demais|jogou demais|joga demais|
      foda demais|top demais|é o melhor|é a melhor|do caralho|pra caralho bom|de cair o queixo|feliz aniversário|
      meu lugar seguro`,
    ],
    [
      2,
      `vale a pena|valeu a pena|vale mt|vale muito|vale mto|mal posso esperar|nada mal|ai sim|aí sim|passando mal de rir|
      mal de rir|morri de rir|morrendo de rir|morro de rir|cansei de rir|chorei de rir|chorando de rir|chorar de rir|que bom|
      muito obrigado|muito obrigada|tamo junto|to junto|estamos juntos|bem vindo|bem vindos|bem vinda|bem vindas|que lindo|
      que linda|que fofo|que delícia|que jogada|que play|que clutch|que mira|que som|de respeito|sem palavras|bom trabalho|
      boa sorte|vai dar certo|dar tudo certo|tudo de bom|nas costas|na veia|de mais da conta|pegando fogo|on fire|é nois|é nóis|
      é noix|graças a deus|bateu a meta|sem erro|bom filme|boa garoto|boa mano|boa time|bem jogado|faz falta|jogou bem|
      jogou fino|vamo porra|bora porra|vamo caralho|slk que|caraca que|caralho que|isso ai|isso aí|aeee porra|não me arrependo|
      viciei nesse|virei fã`,
    ],
    [1, `bom dia flor|muito massa|boa noite amores|boa noite meu|dei risada|de boa|faz parte|primeira tentativa|vamo que vamo`],
    [
      0,
      `bom dia|boa tarde|boa noite|tudo bem|tudo bom|tudo certo|por favor|de nada|com certeza|boa pergunta|a boa|boa é|
      bom de|ta boa|tá boa|mais ou menos|se ferrar|legal e|mal conheço|maior que|melhor que|melhor jogo de|qual o melhor|
      qual a melhor|qual é o melhor|bem ali|bem aqui|bem na|bem no|massa de|força bruta|top lane|pro top|no top|o top|de top|
      top 1|top ta|da medo|morreu no|morreu na|perdeu algo|eu perdi|que perdi|fácil esse|em cima|quanto ganha|quem ganhou|
      quem ganha|quem ganhar|precisa ganhar|vai ganhar|jogo bom|que dia bom|olha o gato|é fácil|muito tempo|boa tarde chat|
      se perdeu|rei do|não perco|não perde`,
    ],
    [
      -1,
      `ah não|ah nao|ai não|essa não|nada a ver|não entendi|nao entendi|não acredito que|que pena|que fase|que isso ai|
      to perdido|tô perdido|to perdida|já era|ja era|morreu de novo|perdeu de novo|de novo não|sem som|sem áudio|sem audio|
      sem imagem|para de|chega de|ad de|mais uma derrota|jogou fora|caiu de|caiu pra|caiu o servidor|caiu muito|o que aconteceu|
      que susto|deu ruim|quase nada|não da pra|nao da pra|não dá pra|nao funcionou|não funcionou|não funciona|nao funciona|
      não vai|sem noção|que sono|com medo|que medo|não aguento|nao aguento|nunca ganho|podia ser melhor|ninguém aguenta|
      ngm aguenta|perdeu tudo`,
    ],
    [
      -2,
      `sem graça|sem sal|sem condições|sem condição|ninguém merece|ninguem merece|nem fodendo|puta merda|cala a boca|cala boca|
      vai tomar|vai se foder|vai se fuder|que saco|que porre|que ódio|que raiva|que merda|que bosta|que lixo|que vergonha|
      que tristeza|que nojo|que droga|que lag|um lixo|uma bosta|uma merda|uma piada|um porre|jogo morto|chat morto|joga nada|
      jogando nada|jogou nada|não presta|nao presta|joga mal|jogou mal|deixa a desejar|perda de tempo|foda se|nada bom|de merda|do caramba ruim|seu merda|seu lixo|pelo amor para|toda hora|toda semana isso|filho da|filha da|
      se fuder|se foder|de batata|que triste|foda né|nunca mais|nunca acerta|só decepciona`,
    ],
    [-3, `pior live|muito ruim|mt ruim|ruim demais|lixo demais|se mata|filho da puta|o pior|a pior`],
  ],
  verbs: [
    [3, "amar adorar encantar"],
    [
      2,
      "curtir gostar arrasar arrebentar brilhar divertir elogiar agradecer vencer merecer emocionar humilhar amassar comemorar admirar impressionar recomendar mitar",
    ],
    [1, "melhorar ajudar apoiar torcer rir sorrir acertar conseguir"],
    [-1, "errar perder travar lagar bugar reclamar cansar demorar atrapalhar quebrar sofrer sumir desligar cair piorar falhar"],
    [
      -2,
      `odiar detestar estragar irritar decepcionar desanimar frustrar xingar mentir roubar enganar ofender humilhar fracassar flopar trapacear incomodar
      enjoar chatear magoar desapontar lamentar afundar ferrar desrespeitar`,
    ],
  ],
  adjectives: [
    [
      2,
      `bonito gostoso divertido engraçado legal maneiro irado feliz inteligente talentoso carinhoso simpático fofo sortudo animado empolgado bacana chique
      competente emocionante agradável incrível excelente forte`,
    ],
    [-1, "lento estranho confuso cansado fraco travado bugado injusto perdido azarado repetitivo atrasado difícil"],
    [
      -2,
      `feio chato triste burro ridículo nojento podre tosco inútil falso mentiroso irritante irritado tedioso fracassado arrogante escroto otário desgraçado
      maldito patético frustrado decepcionado tóxico ruim medíocre lamentável vergonhoso péssimo ordinário miserável covarde nefasto ignorante insuportável infeliz`,
    ],
  ],
  negators: `não nao n num nunca nem ninguém ninguem nenhum nenhuma jamais sem nada tampouco`,
  boosters: `muito muita mt mto mta mtu muuito muitos demais dms super hiper mega extremamente totalmente completamente tão tao
      pra-caralho pakas pacas baita puta mó mo tanto bastante absurdamente porra caralho carai krl realmente vdd simplesmente`,
  dampers: `pouco pouca meio quase talvez poderia podia levemente`,
  turns: `mas porém porem contudo entretanto só-que`,
  marks: `é não nao vc vcs você vocês ele ela eles elas pra pro tá ta tava to tô um uma uns umas que da dos das em na nas       com isso esse essa esses essas este esta aquele isto meu minha seu sua tem ter vai vou foi eu o os mais muito mt tbm
      tb também ja já aqui ai aí mano cara gente galera quem qual quando onde pq porque por como hoje agora ser fazer faz sou são
      estou blz né ne oq bora pelo pela ao até ate lá`,
};
