/**
 * Emotes that everybody on Twitch knows, emoticons and emoji, by what they say. Written for this project from knowledge of the platform; no list of anybody's
 * was used. An emote of a single channel is learnt from its company (emote-moods.ts), not listed.
 */
export const EMOTES: readonly (readonly [number, string])[] = [
  [
    3,
    `PogChamp POGGERS Pog PogU POGGIES POGCRAZY Poggers POGSLIDE PogBones HYPERS HYPERPOGGER FeelsAmazingMan widepeepoHappy
    Kreygasm gachiHYPER gachiBASS gachiGASM LETSGO LETSGOO PogTasty PagMan PagChomp Pogey POGPLANT PauseChampWin GIGACHAD
    FeelsStrongMan peepoLove AYAYA <3 bleedPurple TwitchUnity KappaPride HSCheers FBtouchdown LuvHearts LuvSign LuvPeekR
    LuvPeekL LuvBlush LuvBlondeR LuvBlondeL PrideHeart VirtualHug HyperPog PogChampius VisLaud PopNemo TwitchLit DinoDance
    catKISS`,
  ],
  [
    2,
    `MaxLOL VoteYea SmoocherZ Hhhehehe Wowee bttvNice SwedSwag DatSauce PeoplesChamp NomNom FeelsPumpkinMan FunRun MVGame KAPOW DrinkPurple KappaRoss
    KappaWealth GingerPower BuddhaBar TBTacoLeft DBstyle MorphinTime GrammarKing AsianGlow LUL LULW OMEGALUL KEKW KEKL KEKWait LMAO ICANT IJBOL 4Head EleGiggle HAHAA LOLW ROFL KEKHeim OMEGALULiguess LuL LULE
    OMEGADANCE LULWW KEKLEO xdd XDD FeelsGoodMan FeelsOkayMan peepoHappy HappyPepe peepoClap Clap peepoCheer EZ EZClap EZY Ez
    catJAM CatJAM vibePls SourPls TwerkPls peepoDJ pepeJAM pepeD PepePls ratJAM danse DANCE pepeDS GuitarTime DrumTime ppHop
    ppHopper ppOverheat ppJedi AlienPls AlienDance blobDance WAYTOODANK SeemsGood VoHiYo HeyGuys CoolCat TehePelo OhMyDog
    GivePLZ TakeNRG PowerUpL PowerUpR TwitchRPG CurseLit PartyTime PartyHat HolidayCookie HolidayPresent HolidayTree
    GoatEmotey TriHard FrankerZ CorgiDerp CorgiPls KonCha ItsBoshyTime ThunBeast TPFufun TwitchVotes CarlSmile FUNgineer
    imGlitch PraiseIt AngelThump FeelsBirthdayMan FeelsSnowMan peepoHug peepoFlower peepoBlush peepoShy peepoComfy Comfy
    ComfyCat bongoTap blobHug blobWave peepoWow WICKED SUBprise PogSlam BASED Based 5Head bigBrain GoodOne NODDERS NODDERSS
    Okayge FeelsLoveMan happyJAM CatCozy dankHug BoneZone TBAngel nymnCorn HandsUp RaccAttack MercyWing1 MercyWing2 BOP
    SingsNote SingsMic DxCat FootGoal FootBall GunRun PogT EZdodge lebronJAM SHEESH GG ggMAX GGEZ ModLove WideHardo TriDance
    Prayge FeelsGladMan HYPE Hype PETTHEMODS PETPET pepoDance Happi Happy peepoPog RareParrot SoBayed FeelsLitMan xqcL sodaL
    forsenL OWOCheer HEHE hehe TakeOff duckDance catDance RainbowPls GIGAPOG Yesss BUSSERS HypeLUL HypeLove HypeHeart
    HypeCheer`,
  ],
  [
    1,
    `Keepo KappaClaus KappaHD HeyGuy peepoHey peepoArrive PixelBob PotFriend Poooound RPGAyaya RPGEmpress Squid1 Squid2 Squid3
    Squid4 TwitchSings PogYou PauseChamp Stronge AYAYAHyper peepoHeart COGGERS gachiW Gayge PepoG WideVIBE FutureMan
    GlitchCat GlitchLit GlitchNRG OpieOP PicoMause PipeHype RitzMitz SMOrc StoneLightning yay HypeYay HypePog HypeDance
    HypeCool HypeHug HahaCat HahaDoge HahaLean`,
  ],
  [
    -1,
    `Jebaited monkaS monkaW monkaGIGA monkaEyes monkaX monkaOMEGA monkaSHAKE monkaT haHAA WutFace WTFF WTF D: DD: HUH Clueless
    Pepega PepegaAim PEPEGA FeelsWeirdMan WeirdChamp WeirdChamping WeirdDude weirdSmile Weirdge PogO HMMM BrokeBack PunOko
    cmonBruh CmonBruh PJSalt SSSsss ThisIsFine Copege COPIUM Copium COPE Deadge Dead Bedge NotATK NOPERS NOOO Nopers F Susge
    SUS SUSSY modCheck DonoWall WhySoSerious PunchTrees YouDontSay yikes FacePalm Hmmm Stare Staring Aware Despairge Awkward
    ConcernDoge TearGlove AINTNOWAY Classic SCHIZO Erm ERM Waiting Waitge ReallyMad MadgeLate AAAA YIKES UGH SWEAT Sweatge
    NotAmused hmmMeeting HypeSus HypeSweat TooSpicy Smadge DocSuspect`,
  ],
  [
    -2,
    `VoteNay panicBasket riPepperonis ripPepperonis ForeverAlone OhGod NinjaGrumpy SuchFraud CandianRage BibleThump NotLikeThis FailFish DansGame ResidentSleeper BabyRage SwiftRage HotPokket FeelsBadMan Sadge SadgeCry sadCat
    PepeHands pepeHands widepeepoSad peepoSad peepoCry FeelsCryMan CryingCat crying Madge MadgeClap Madgeclap MADGE REEE
    REEEE ReeeeE Rage PepeMad PepeRage FeelsRageMan angryPepe SMH KEKBye YouWHY LameChamp Cringe CRINGE CringeChamp BOOO BOO
    Boring BORING bUrself RIP pepeRIP PepeRIP NOTLIKETHIS Smh WeSmart FeelsSadMan FeelsLagMan LAGGING lagging peepoSleep
    BruhFaint WutFaceW DIESOFCRINGE DIES catCry sadKEK HypeSad HypeRage HypeFail Sadeg sadE SadCat NOIDONTTHINKSO PepePains
    AngryJoe StupidDog SMHead UngodlySalt disgusting EWWW EW EWW Yuck NaurRight SAJ SadJAM Depresso Tears TEARS Sadding Pain
    PAIN PainPeko JustDieAlready GETOUT L FeelsPainMan PepeCry`,
  ],
];

/** Emotes that laugh. */
export const LAUGHING_EMOTES: ReadonlySet<string> = new Set(
  "LUL LULW OMEGALUL KEKW KEKL LMAO ICANT IJBOL 4Head EleGiggle HAHAA LOLW LuL LULE OMEGADANCE xdd XDD pepeLaugh HypeLUL 😂 🤣 😹 xD XD".split(
    " ",
  ),
);

/**
 * What the second half of a channel's emote says when it is a word of its own: `nameHype`, `nameLove`. The name before it is the channel's, small letters
 * and figures only, so that a word with a capital inside it is no emote. The half counts as a whole, never a part of it.
 */
export const EMOTE_ENDINGS: readonly (readonly [number, string])[] = [
  [
    2,
    `Hype HYPE Love LOVE Heart H L Luv GG Pog POG Poggers Happy HAPPY Hug Hugs Dance DANCE Jam JAM Cheer Clap Party Lit Win
    WIN W Yay Wow Lul LUL LULW Lol LOL Laugh Haha Kek KEKW Cute Smile Comfy Cozy Blush Wave Hi Hello Hey Gasm Good Nice Cool
    Gold EZ Vibe Vibes Thanks Kiss King Queen God Letsgo Raid Rave Yes Legend Fire Pride Prime Feels`,
  ],
  [
    -2,
    `Cry Sad SAD Rage RAGE Mad Angry Salt Salty Rip RIP Fail Bad Hate Ree REE REEE Tilt Tilted Dead Pain Sob Facepalm Palm FP
    Cringe Ew Gross Trash Boo Sleeper Bored Tears Despair Fear Scared Scream Panic Yikes Toxic Nope No NO Sadge Angy`,
  ],
];

/** Emoticons, taken only as a whole between blanks. */
export const EMOTICONS: readonly (readonly [number, string])[] = [
  [
    2,
    `:) :-) (: :D :-D =D =) ^^ ^_^ ^.^ <3 ♥ :3 xD XD xd Xd :') :'D ;D :P :p =P :] (y) \\o/ \\o o/ uwu UwU owo OwO n_n c: C: =]
    xDD xDDD XDD XDDD XDDDD xdd xddd B) 8) :* :-* ;) ;-) (^^) O7 o7 <33 <333`,
  ],
  [
    -2,
    `:( :-( ): D: =( :'( :,( ;( :c :C :[ T_T T-T TT Q_Q QQ ;_; ;-; ;w; >:( >:c :/ :-/ :\\ =/ =\\ :| -_- -.- ._. .-. :S :s >_>
    <_< >.< >_< ¬¬ ¬_¬ -_-' </3 v.v x_x X_X ಠ_ಠ u.u u_u (n)`,
  ],
];

/** Emoji without variation selectors or skin tones. */
export const EMOJI: readonly (readonly [number, string])[] = [
  [
    2,
    `😀 😃 😄 😁 😆 😅 🤣 😂 🙂 😊 😇 🥰 😍 🤩 😘 😗 😚 😙 🥲 😋 😛 😜 🤪 😝 🤗 😎 🤓 🥳 😺 😸 😹 😻 😽 ❤ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💕 💞 💓 💗 💖 💘 💝 💟 ♥ 💯 🔥 👏 🙌 👍 👌 🤝 💪 🙏 🎉
    🎊 🥇 🏆 ⭐ 🌟 ✨ 💫 👑 🐐 🎂 🎁 🍻 🥂 🤘 🤙 ✌ 🫶 😏 🐸 🌹 🌸 🌻 🌈 ☀ 💎 🚀 🎶 🎵 💃 🕺 🤠 ☺ 😌 😉 💋 🥹 🫡 ⚡ 👊 ✅`,
  ],
  [
    -2,
    `😞 😔 😟 😕 🙁 ☹ 😣 😖 😫 😩 🥺 😢 😭 😤 😠 😡 🤬 😳 😱 😨 😰 😥 😓 😶 😐 😑 😬 🙄 😦 😧 😮‍💨 😲 😴 🥱 🤢 🤮 🤧 😷 🤒 🤕 💀 ☠ 💩 🤡 👎 💔 🖕 😾 😿 🙀 👿 😈 🤦 🤥 😒 🗑 🚮 🪦 ⚰ ❌
    🤨 😵 🥴 🐀 🐍 💢`,
  ],
];
